/** The message catalogues: zh-CN first, English by meaning. */
import { createI18n } from 'vue-i18n'

import en from '@/locales/en.json'
import zhCN from '@/locales/zh-CN.json'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zhCN, en },
})
