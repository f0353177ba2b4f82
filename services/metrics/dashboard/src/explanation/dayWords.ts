/** What a day of the strip says in words: whether it counts, why, and by which law. */
import { useI18n } from 'vue-i18n'

import type { DeadlineDay } from '@/picture/views'
import { useNames } from '@/words/names'
import type { Cell } from './strip'

export function useDayWords() {
  const { t } = useI18n()
  const names = useNames()

  /** The names of everything that the day is, from its kind, its name and its ground. */
  function reasons({ day, makeUp, due, fill }: Cell, unit: string): string[] {
    const found: string[] = []
    if (fill === 'start') found.push(t('day.start'))
    if (day.kind === 'stopped') found.push(stopped(day))
    if (fill === 'off' || fill === 'late_off') found.push(dayOff(day))
    if (makeUp) found.push(t('day.make_up'))
    else if (day.counted && fill !== 'late') found.push(t(unit === 'ND' ? 'day.natural' : 'day.counted'))
    if (due) found.push(t('day.due'))
    if (fill === 'late') found.push(t('day.after_due'))
    return found
  }

  function stopped(day: DeadlineDay): string {
    return day.ground ? t('day.stopped_for', { ground: names.holdReason(day.ground) }) : t('day.stopped')
  }

  function dayOff(day: DeadlineDay): string {
    if (day.kind === 'holiday' || day.name) return day.name ?? t('day.holiday')
    return t('day.weekend')
  }

  function counts(cell: Cell): string {
    if (cell.ordinal === null) return t('explanation.no')
    return t(cell.fill === 'late' ? 'explanation.over' : 'explanation.yes', { n: cell.ordinal })
  }

  return { reasons, counts }
}
