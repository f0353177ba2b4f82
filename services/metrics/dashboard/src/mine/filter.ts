/** Which of the reader's own lists is shown: read from the page's address and written into it. */
import { filterOf, queryOf } from '@/frame/filter'

export const LISTS = ['tasks', 'cases'] as const

export type MineFilter = {
  list: string
  /** Whether only those cases are listed about which the reader has done something. */
  personal: string
}

const EVERYTHING: MineFilter = { list: 'tasks', personal: '' }
export const PERSONAL = 'true'

const CHOICES: Record<keyof MineFilter, readonly string[]> = { list: LISTS, personal: ['', PERSONAL] }

export function filterIn(query: string): MineFilter {
  return filterOf(EVERYTHING, (name, value) => CHOICES[name].includes(value), query)
}

/** The filter as an address has it. */
export function queryIn(filter: MineFilter): string {
  return queryOf(EVERYTHING, filter)
}
