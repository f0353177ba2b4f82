/** When something that a page has read may have changed: the stream says so, and the page reads it again. */
import { onBeforeUnmount, watch } from 'vue'

import { usePicture } from './store'
import type { LatestFact } from './views'

const SECOND_MS = 1_000

function look(fact: LatestFact): string {
  return `${fact.time} ${fact.type} ${fact.case_no}`
}

/**
 * Read again with *read* when a fact has come that is *meant*, or when more may have come than was told.
 *
 * At once, and then at most once in *everyMs*, however many come. To who does not watch the day
 * nothing is told: there it is read again whenever it is looked how far all is.
 */
export function onNews(meant: (fact: LatestFact) => boolean, read: () => void, everyMs = SECOND_MS): void {
  const store = usePicture()
  let timer = 0
  let readAt = 0

  function readSoon(): void {
    if (timer !== 0) return
    const wait = Math.max(0, readAt + everyMs - performance.now())
    timer = window.setTimeout(() => {
      timer = 0
      readAt = performance.now()
      read()
    }, wait)
  }

  watch(
    () => store.picture?.latest,
    (now, before) => {
      if (!now || !before) return
      const known = new Set(before.map(look))
      const news = now.filter((fact) => !known.has(look(fact)))
      if (news.some(meant) || (news.length > 0 && news.length === now.length)) readSoon()
    },
  )
  watch(
    () => store.session,
    (now, before) => {
      if (now && before && !store.watches) readSoon()
    },
  )
  // Whatever came while the line was away has been told to nobody.
  watch(
    () => store.freshness,
    (_, before) => {
      if (before === 'reconnecting' || before === 'connecting') readSoon()
    },
  )
  onBeforeUnmount(() => window.clearTimeout(timer))
}
