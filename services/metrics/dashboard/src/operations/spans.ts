/** Short spans of time in the reader's words. */
import { useI18n } from 'vue-i18n'

import { figure, hoursAndMinutes } from '@/words/format'
import { language } from '@/words/preferences'

const MINUTE_SECONDS = 60
const HOUR_MINUTES = 60

export function useSpans() {
  const { t } = useI18n()

  function minutes(n: number): string {
    if (n < 2 * HOUR_MINUTES) return t('operations.minutes', { n })
    const { hours, minutes: rest } = hoursAndMinutes(n * MINUTE_SECONDS)
    return t('operations.hours', { hours: figure(hours, language.value), minutes: rest })
  }

  return {
    minutes,
    /** In seconds as long as that can be read at a glance. */
    seconds: (n: number): string =>
      n < 2 * MINUTE_SECONDS ? t('operations.seconds', { n: Math.round(n) }) : minutes(Math.floor(n / MINUTE_SECONDS)),
  }
}
