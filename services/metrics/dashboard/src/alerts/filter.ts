/** Which cards are listed: read from the page's address and written into it, and asked of the service. */
import { ask, filterOf, isDay, queryOf } from '@/frame/filter'
import type { AlertLevel, AlertOrder, AlertState } from '@/picture/views'

export const STANDINGS = {
  standing: [],
  unanswered: ['RAISED', 'ESCALATED'],
  acknowledged: ['ACKNOWLEDGED'],
  over: ['RESOLVED', 'REVOKED'],
} as const satisfies Record<string, readonly AlertState[]>

export type Standing = keyof typeof STANDINGS

/** An organisation that no fact has named; the service calls it by nothing at all. */
export const NOBODY = '-'

export type AlertFilter = {
  level: AlertLevel | ''
  standing: Standing
  sla: string
  organisation: string
  begins: string
  due_from: string
  due_to: string
  sort: AlertOrder
}

const EVERYTHING: AlertFilter = {
  level: '',
  standing: 'standing',
  sla: '',
  organisation: '',
  begins: '',
  due_from: '',
  due_to: '',
  sort: 'NEWEST',
}

const CHOICES: Partial<Record<keyof AlertFilter, readonly string[]>> = {
  level: ['', 'PROMPT', 'YELLOW', 'RED'],
  standing: Object.keys(STANDINGS),
  sort: ['NEWEST', 'DUE'],
}

function fits(name: keyof AlertFilter, value: string): boolean {
  if (name === 'due_from' || name === 'due_to') return isDay(value)
  return CHOICES[name]?.includes(value) ?? true
}

export function filterIn(query: string): AlertFilter {
  return filterOf(EVERYTHING, fits, query)
}

/** The filter as an address has it. */
export function queryIn(filter: AlertFilter): string {
  return queryOf(EVERYTHING, filter)
}

export function isNarrowed(filter: AlertFilter): boolean {
  return queryIn({ ...filter, sort: 'NEWEST' }) !== ''
}

/** Where the service lists what *filter* means. */
export function listOf(filter: AlertFilter): string {
  const asked = new URLSearchParams({ sort: filter.sort })
  for (const state of STANDINGS[filter.standing]) asked.append('state', state)
  ask(asked, filter, ['level', 'sla', 'begins', 'due_from', 'due_to'])
  if (filter.organisation) asked.append('organisation', filter.organisation === NOBODY ? '' : filter.organisation)
  return `/v1/alerts?${asked.toString()}`
}
