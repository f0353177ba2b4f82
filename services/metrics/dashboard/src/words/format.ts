/** Figures, dates and spans in the reader's language, always in the bureau's own time zone. */
import type { Language } from '@/picture/types'

const ZONE = 'Asia/Shanghai'
const NOON = 'T12:00:00+08:00'
const WAN = 10_000
const YI = 100_000_000

const LOCALES: Record<Language, string> = { 'zh-CN': 'zh-CN', en: 'en-GB' }

const instants = new Map<string, Intl.DateTimeFormat>()

function parts(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options)
  const known = instants.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], { timeZone: ZONE, ...options })
  instants.set(key, known)
  return known
}

export function clockTime(instant: string): string {
  const options = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
  return parts('en', options).format(new Date(instant))
}

/** 2024-09-02T10:12:30+08:00 as 09-02 10:12. */
export function shortInstant(instant: string, withYear: boolean): string {
  return `${localDate(instant).slice(withYear ? 0 : 5)} ${clockTime(instant).slice(0, 5)}`
}

/** The business date of an instant, as YYYY-MM-DD. */
export function localDate(instant: string): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const found = Object.fromEntries(
    parts('en', options).formatToParts(new Date(instant)).map((part) => [part.type, part.value]),
  )
  return `${found.year}-${found.month}-${found.day}`
}

export function longDate(date: string, language: Language): string {
  const options = { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' } as const
  return parts(language, options).format(new Date(date + NOON))
}

export function dayDate(date: string, language: Language, withYear: boolean): string {
  const day = new Date(date + NOON)
  const weekday = parts(language, { weekday: 'short' }).format(day)
  const month = language === 'en' ? 'short' : 'long'
  const monthDay = parts(language, { ...yearIf(withYear), month, day: 'numeric' }).format(day)
  return language === 'en' ? `${weekday} ${monthDay}` : `${monthDay} ${weekday}`
}

export function monthName(date: string, language: Language, withYear: boolean): string {
  return parts(language, { ...yearIf(withYear), month: 'short' }).format(new Date(date + NOON))
}

function yearIf(shown: boolean): { year?: 'numeric' } {
  return shown ? { year: 'numeric' } : {}
}

/** Monday is 0, Sunday is 6. */
export function weekdayIndex(date: string): number {
  return (new Date(date + NOON).getUTCDay() + 6) % 7
}

export function figure(value: number, language: Language): string {
  if (language === 'zh-CN' && value >= YI) return `${trimmed(value / YI)} 亿`
  if (language === 'zh-CN' && value >= WAN) return `${trimmed(value / WAN)} 万`
  return new Intl.NumberFormat(LOCALES[language]).format(value)
}

function trimmed(value: number): string {
  return String(Math.round(value * 100) / 100)
}

export function hoursAndMinutes(seconds: number): { hours: number; minutes: number } {
  const minutes = Math.max(0, Math.floor(seconds / 60))
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
}
