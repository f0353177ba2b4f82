/** The reader's language and theme, remembered in this browser. */
import { ref, watchEffect } from 'vue'

import type { Both } from '@/picture/views'
import { i18n } from './i18n'

export type Theme = 'light' | 'dark'
export type Language = keyof Both

const LANGUAGE_KEY = 'casetrack.language'
const THEME_KEY = 'casetrack.theme'

/** Storage may be forbidden by the browser's policy; the page then simply forgets. */
function remembered(key: string): string | null {
  try {
    return window.localStorage.getItem(key)
  } catch {
    return null
  }
}

function remember(key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value)
  } catch {
    return
  }
}

function firstTheme(): Theme {
  const stored = remembered(THEME_KEY)
  if (stored === 'light' || stored === 'dark') return stored
  return window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

export const language = ref<Language>(remembered(LANGUAGE_KEY) === 'en' ? 'en' : 'zh-CN')
export const theme = ref<Theme>(firstTheme())

watchEffect(() => {
  i18n.global.locale.value = language.value
  document.documentElement.lang = language.value
})

watchEffect(() => {
  document.documentElement.dataset.theme = theme.value
  document.documentElement.classList.toggle('dark', theme.value === 'dark')
})

export function chooseLanguage(next: Language): void {
  language.value = next
  remember(LANGUAGE_KEY, next)
}

export function chooseTheme(next: Theme): void {
  theme.value = next
  remember(THEME_KEY, next)
}
