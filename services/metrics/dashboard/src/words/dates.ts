/** Dates and instants as the reader of today's page says them: with the year only where it is another one. */
import { computed } from 'vue'

import { usePicture } from '@/picture/store'
import { dayDate, localDate, monthName, shortInstant } from './format'
import { language } from './preferences'

export function useDates() {
  const store = usePicture()
  const thisYear = computed(() => (store.picture ? yearOf(localDate(store.picture.as_of)) : null))

  function ofAnotherYear(date: string): boolean {
    return thisYear.value !== null && yearOf(date) !== thisYear.value
  }

  return {
    /** 9月19日 周四, Thu 19 Sept. */
    day: (date: string): string => dayDate(date, language.value, ofAnotherYear(date)),
    /** 9月, Sept. */
    month: (date: string): string => monthName(date, language.value, ofAnotherYear(date)),
    /** 09-02 10:12. */
    instant: (instant: string): string => shortInstant(instant, ofAnotherYear(localDate(instant))),
  }
}

function yearOf(date: string): string {
  return date.slice(0, 4)
}
