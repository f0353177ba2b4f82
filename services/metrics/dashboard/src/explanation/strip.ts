/** The days of a deadline as cells of a strip: what each one is, and what it says about itself. */
import type { DeadlineDay, Explanation } from '@/picture/views'
import { weekdayIndex } from '@/words/format'

export type Fill = 'elapsed' | 'upcoming' | 'off' | 'stopped' | 'start' | 'late' | 'late_off'

export interface Cell {
  day: DeadlineDay
  fill: Fill
  /** The how-manieth counted day it is: of the limit, or past it where the day is late. */
  ordinal: number | null
  makeUp: boolean
  due: boolean
  today: boolean
}

/** What every day of a long stretch says. */
export type Alike = 'late' | 'stopped'

/** Days that follow each other; where they are *alike*, one line tells them all. */
export interface Section {
  cells: Cell[]
  alike: Alike | null
}

const SATURDAY = 5
const DAYS_A_WEEK = 7
const ALIKE_WEEKS_MAX = 8
const ALIKE_WEEKS_SHOWN = 2

function isMakeUp(day: DeadlineDay, unit: string): boolean {
  return day.kind === 'make_up' || (unit === 'WD' && day.counted && weekdayIndex(day.date) >= SATURDAY)
}

function fillOf(day: DeadlineDay, today: string, due: string | null): Fill {
  const past = due !== null && day.date > due
  if (day.kind === 'start') return 'start'
  if (day.kind === 'stopped') return 'stopped'
  if (past || day.kind === 'after_due') return day.counted ? 'late' : 'late_off'
  if (!day.counted) return 'off'
  return day.date <= today ? 'elapsed' : 'upcoming'
}

function ordinalOf(fill: Fill, counted: { within: number; late: number }): number | null {
  if (fill === 'elapsed' || fill === 'upcoming') return (counted.within += 1)
  return fill === 'late' ? (counted.late += 1) : null
}

export function cellsOf(explanation: Explanation, today: string): Cell[] {
  const counted = { within: 0, late: 0 }
  return explanation.days.map((day) => {
    const fill = fillOf(day, today, explanation.due)
    return {
      day,
      fill,
      ordinal: ordinalOf(fill, counted),
      makeUp: isMakeUp(day, explanation.unit),
      due: day.date === explanation.due,
      today: day.date === today,
    }
  })
}

/** The cells by calendar week, Monday first; null where the week begins before or ends after the strip. */
export function weeksOf(cells: Cell[]): (Cell | null)[][] {
  const first = cells[0]
  if (first === undefined) return []
  const padded: (Cell | null)[] = [...Array<null>(weekdayIndex(first.day.date)).fill(null), ...cells]
  while (padded.length % DAYS_A_WEEK !== 0) padded.push(null)
  const weeks: (Cell | null)[][] = []
  for (let at = 0; at < padded.length; at += DAYS_A_WEEK) weeks.push(padded.slice(at, at + DAYS_A_WEEK))
  return weeks
}

/** The cells day by day, but for the middle of each stretch of weeks in which every day says the same. */
export function sectionsOf(cells: Cell[]): Section[] {
  const weeks = weeksOf(cells)
  const sections: Section[] = []

  function put(from: number, to: number, alike: Alike | null): void {
    const added = weeks.slice(from, to).flatMap((week) => week.filter((cell): cell is Cell => cell !== null))
    const before = sections[sections.length - 1]
    if (before && before.alike === null && alike === null) before.cells.push(...added)
    else sections.push({ cells: added, alike })
  }

  for (let from = 0, to = 0; from < weeks.length; from = to) {
    const alike = alikeIn(weeks[from])
    while (to < weeks.length && alikeIn(weeks[to]) === alike) to += 1
    if (alike === null || to - from <= ALIKE_WEEKS_MAX) {
      put(from, to, null)
    } else {
      put(from, from + ALIKE_WEEKS_SHOWN, null)
      put(from + ALIKE_WEEKS_SHOWN, to - ALIKE_WEEKS_SHOWN, alike)
      put(to - ALIKE_WEEKS_SHOWN, to, null)
    }
  }
  return sections
}

/** What all days of a whole week say, where they say the same. */
function alikeIn(week: (Cell | null)[] | undefined): Alike | null {
  const said = new Set((week ?? []).map((cell) => (cell && !cell.due && !cell.today ? alikeOf(cell.fill) : null)))
  const [only = null] = said
  return said.size === 1 ? only : null
}

function alikeOf(fill: Fill): Alike | null {
  if (fill === 'late' || fill === 'late_off') return 'late'
  return fill === 'stopped' ? 'stopped' : null
}
