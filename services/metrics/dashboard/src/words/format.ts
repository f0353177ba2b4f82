/**
 * Figures, dates and spans in the reader's language, always in the bureau's own time zone.
 *
 * Nothing here throws: what spells no instant and no date is said as it came, and nothing as a dash.
 */
import type { Language } from './preferences'

const ZONE = 'Asia/Shanghai'
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i
const NOTHING = '–'
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

/** The instant that *text* spells in RFC 3339; a browser of its own would take digits and words for one, too. */
function read(text: string): Date | null {
  const instant = INSTANT.test(text) ? new Date(text) : null
  return instant === null || Number.isNaN(instant.getTime()) ? null : instant
}

/** What *text* spells, said by *words*; with *rest* it spells an instant. */
function said(text: string, rest: string, words: (instant: Date) => string): string {
  const instant = read(text + rest)
  return instant === null ? text || NOTHING : words(instant)
}

export function clockTime(instant: string): string {
  const options = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const
  return said(instant, '', (moment) => parts('en', options).format(moment))
}

/** 2024-09-02T10:12:30+08:00 as 09-02 10:12. */
export function shortInstant(instant: string, withYear: boolean): string {
  return said(instant, '', () => `${localDate(instant).slice(withYear ? 0 : -5)} ${clockTime(instant).slice(0, 5)}`)
}

/** The business date of an instant, as YYYY-MM-DD. */
export function localDate(instant: string): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  return said(instant, '', (moment) => {
    const found = Object.fromEntries(
      parts('en', options).formatToParts(moment).map((part) => [part.type, part.value]),
    )
    return `${found.year?.padStart(4, '0')}-${found.month}-${found.day}`
  })
}

export function longDate(date: string, language: Language): string {
  const options = { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' } as const
  return said(date, NOON, (day) => parts(language, options).format(day))
}

export function dayDate(date: string, language: Language, withYear: boolean): string {
  return said(date, NOON, (day) => weekdayAndDate(day, language, withYear))
}

function weekdayAndDate(day: Date, language: Language, withYear: boolean): string {
  const weekday = parts(language, { weekday: 'short' }).format(day)
  const month = language === 'en' ? 'short' : 'long'
  const monthDay = parts(language, { ...yearIf(withYear), month, day: 'numeric' }).format(day)
  return language === 'en' ? `${weekday} ${monthDay}` : `${monthDay} ${weekday}`
}

export function monthName(date: string, language: Language, withYear: boolean): string {
  return said(date, NOON, (day) => parts(language, { ...yearIf(withYear), month: 'short' }).format(day))
}

function yearIf(shown: boolean): { year?: 'numeric' } {
  return shown ? { year: 'numeric' } : {}
}

/** Monday is 0, Sunday is 6; of no date it is 0. */
export function weekdayIndex(date: string): number {
  const noon = read(date + NOON)
  return noon === null ? 0 : (noon.getUTCDay() + 6) % 7
}

/** A number in the unit of its figure; a dash where there is none. */
export function measured(value: number | null, unit: string, language: Language): string {
  if (value === null) return NOTHING
  if (unit !== 'ratio') return figure(value, language)
  return new Intl.NumberFormat(LOCALES[language], { style: 'percent', maximumFractionDigits: 1 }).format(value)
}

export function figure(value: number, language: Language): string {
  if (language === 'zh-CN' && value >= YI) return `${trimmed(value / YI)} 亿`
  if (language === 'zh-CN' && value >= WAN) return `${trimmed(value / WAN)} 万`
  return new Intl.NumberFormat(LOCALES[language]).format(value)
}

function trimmed(value: number): string {
  return String(Math.round(value * 100) / 100)
}

const FULL_WIDTH = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g
const FULL_WIDTH_OFFSET = 0xfee0

/** A case number as it was meant: letters and digits of full width are an input method's, blanks came with copying. */
export function meantNumber(typed: string): string {
  return typed.trim().replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - FULL_WIDTH_OFFSET))
}

/** How many seconds lie between two instants; 0 where one of them is none. */
export function secondsBetween(since: string, until: string): number {
  const [from, to] = [read(since), read(until)]
  return from === null || to === null ? 0 : (to.getTime() - from.getTime()) / 1_000
}

export function hoursAndMinutes(seconds: number): { hours: number; minutes: number } {
  const minutes = Math.max(0, Math.floor(seconds / 60))
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
}
