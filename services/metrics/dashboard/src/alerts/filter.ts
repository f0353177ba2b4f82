/** Which cards are listed: read from the page's address and written into it, and asked of the service. */
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

export interface AlertFilter {
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

const NAMES = Object.keys(EVERYTHING) as (keyof AlertFilter)[]
const CHOICES: Partial<Record<keyof AlertFilter, readonly string[]>> = {
  level: ['', 'PROMPT', 'YELLOW', 'RED'],
  standing: Object.keys(STANDINGS),
  sort: ['NEWEST', 'DUE'],
}
const DAY = /^\d{4}-\d\d-\d\d$/

/** Whether *value* may stand for *name*; an address is written by anybody. */
function fits(name: keyof AlertFilter, value: string): boolean {
  if (name === 'due_from' || name === 'due_to') return DAY.test(value)
  return CHOICES[name]?.includes(value) ?? true
}

export function filterIn(query: string): AlertFilter {
  const said = new URLSearchParams(query)
  const known = NAMES.map((name) => [name, said.get(name)] as const)
  const fitting = known.filter(([name, value]) => value !== null && fits(name, value))
  return { ...EVERYTHING, ...Object.fromEntries(fitting) }
}

/** The filter as an address has it: what differs from listing everything. */
export function queryOf(filter: AlertFilter): string {
  const changed = NAMES.filter((name) => filter[name] !== EVERYTHING[name])
  return new URLSearchParams(changed.map((name) => [name, filter[name]])).toString()
}

export function isNarrowed(filter: AlertFilter): boolean {
  return queryOf({ ...filter, sort: 'NEWEST' }) !== ''
}

/** Where the service lists what *filter* means. */
export function listOf(filter: AlertFilter): string {
  const asked = new URLSearchParams({ sort: filter.sort })
  for (const state of STANDINGS[filter.standing]) asked.append('state', state)
  for (const name of ['level', 'sla', 'begins', 'due_from', 'due_to'] as const) {
    if (filter[name]) asked.append(name, filter[name])
  }
  if (filter.organisation) asked.append('organisation', filter.organisation === NOBODY ? '' : filter.organisation)
  return `/v1/alerts?${asked.toString()}`
}
