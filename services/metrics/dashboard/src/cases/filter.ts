/** Which cases are listed: read from the page's address and written into it, and asked of the service. */
import { ask, filterOf, isDay, queryOf } from '@/frame/filter'
import type { AlertLevel } from '@/picture/views'
import { CHANNELS, PHASES } from '@/words/names'

export const OPEN = 'open'
export const EVERY = 'every'
export const LEVELS = ['RED', 'YELLOW', 'PROMPT'] as const satisfies readonly AlertLevel[]

export type CaseFilter = {
  /** A phase, or those in which something is left to do, or all. */
  phase: string
  level: string
  organisation: string
  channel: string
  due: string
  about: string
  begins: string
  source: string
}

const EVERYTHING: CaseFilter = {
  phase: OPEN,
  level: '',
  organisation: '',
  channel: '',
  due: '',
  about: '',
  begins: '',
  source: '',
}

const CHOICES: Partial<Record<keyof CaseFilter, readonly string[]>> = {
  phase: [OPEN, EVERY, ...PHASES],
  level: ['', ...LEVELS],
  channel: ['', ...CHANNELS],
}

function fits(name: keyof CaseFilter, value: string): boolean {
  if (name === 'due') return isDay(value)
  return CHOICES[name]?.includes(value) ?? true
}

export function filterIn(query: string): CaseFilter {
  return filterOf(EVERYTHING, fits, query)
}

/** The filter as an address has it. */
export function queryIn(filter: CaseFilter): string {
  return queryOf(EVERYTHING, filter)
}

export function isNarrowed(filter: CaseFilter): boolean {
  return queryIn(filter) !== ''
}

/** Where the service lists what *filter* means. */
export function listOf(filter: CaseFilter): string {
  const asked = new URLSearchParams()
  if (filter.phase === OPEN) asked.set('open', 'true')
  else if (filter.phase !== EVERY) asked.set('phase', filter.phase)
  ask(asked, filter, ['level', 'organisation', 'channel', 'due', 'about', 'begins', 'source'])
  const query = asked.toString()
  return query ? `/v1/cases?${query}` : '/v1/cases'
}
