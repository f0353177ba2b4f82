/** Dates and instants as the reader of today's page says them: with the year only where it is another one. */
import { computed } from 'vue'

import { usePicture } from '@/picture/store'
import { clockTime, dayDate, localDate, monthName, shortInstant } from './format'
import { language } from './preferences'

export function useDates() {
  const store = usePicture()
  const today = computed(() => (store.told ? localDate(store.told.as_of) : null))

  function ofAnotherYear(date: string): boolean {
    return today.value !== null && yearOf(date) !== yearOf(today.value)
  }

  return {
    /** 9月19日 周四, Thu 19 Sept. */
    day: (date: string): string => dayDate(date, language.value, ofAnotherYear(date)),
    /** 9月, Sept. */
    month: (date: string): string => monthName(date, language.value, ofAnotherYear(date)),
    /** 09-02 10:12. */
    instant: (instant: string): string => shortInstant(instant, ofAnotherYear(localDate(instant))),
    /** 10:12:30 where it was today, 09-02 where it was not. */
    moment: (instant: string): string => {
      const date = localDate(instant)
      if (date === today.value) return clockTime(instant)
      return date === instant || ofAnotherYear(date) ? date : date.slice(5)
    },
  }
}

/** Of what is no date, whatever it begins with. */
function yearOf(date: string): string {
  return String(date).slice(0, 4)
}
