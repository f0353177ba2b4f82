/** What is left of a limit, or how much it is over, in the reader's words. */
import { useI18n } from 'vue-i18n'

import { usePicture } from '@/picture/store'
import { hoursAndMinutes, secondsBetween } from './format'

interface Limit {
  /** In its unit, below 0 where it is late. */
  remaining: number
  unit: string
  paused: boolean
  /** The first instant at which it is late; null where nobody has said. */
  due_at: string | null
}

interface Left {
  words: string
  late: boolean
}

export function useLeft() {
  const { t } = useI18n()
  const store = usePicture()

  function seconds(limit: Limit): number {
    const now = store.told?.as_of
    return limit.due_at && now ? secondsBetween(now, limit.due_at) : 0
  }

  /** Days while there are some, then hours and minutes; nothing runs while the clock stands still. */
  return (limit: Limit): Left => {
    const { remaining, unit, paused } = limit
    const late = remaining < 0
    if (paused) return { words: t('late_next.paused'), late }
    if (remaining === 0) {
      const rest = seconds(limit)
      return { words: rest > 0 ? t('late_next.hours', hoursAndMinutes(rest)) : t('late_next.passed'), late }
    }
    const amount = t(`unit.${unit}`, { n: Math.abs(remaining) }, Math.abs(remaining))
    return { words: t(late ? 'alerts.over_by' : 'alerts.left_of', { amount }), late }
  }
}
