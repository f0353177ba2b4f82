/** The picture of today as the page knows it, and how far it may be trusted. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { follow, type Following } from './follow'
import { leave, stayWhileTouched } from './session'
import type { Line } from './stream'
import type { SessionShown, Snapshot } from './views'

export type Freshness = Line | 'delayed'
export type ShownPage = SessionShown['pages'][number]

/** More than this is late. */
export const LAG_SECONDS_MAX = 5
// The service sends a delta at least every fifteen seconds; three missing ones are a silent line.
const SILENCE_SECONDS_MAX = 45
const LOOK_MS = 1_000

export const usePicture = defineStore('picture', () => {
  const session = shallowRef<SessionShown | null>(null)
  const picture = shallowRef<Snapshot | null>(null)
  const line = ref<Line>('connecting')
  const silentSeconds = ref(0)
  let heardAt = performance.now()
  let following: Following | null = null

  const pages = computed(() => session.value?.pages ?? [])
  // While the release changes, an older service tells none.
  const parts = computed(() => session.value?.parts ?? [])
  /** Whether the day is watched; else the session is asked now and then how far all is. */
  const watches = computed(() => pages.value.includes('today'))
  /** As of when everything is, and for whom; null until it can be shown. */
  const told = computed(() => (watches.value ? picture.value : session.value))

  const delaySeconds = computed(() => {
    const silence = silentSeconds.value > SILENCE_SECONDS_MAX ? silentSeconds.value : 0
    return Math.round(Math.max(told.value?.lag_seconds ?? 0, silence))
  })
  const freshness = computed<Freshness>(() =>
    line.value === 'live' && delaySeconds.value > LAG_SECONDS_MAX ? 'delayed' : line.value,
  )
  const stale = computed(() => told.value !== null && freshness.value !== 'live')
  // While the release changes, an older service sends none.
  const tiles = computed(() => picture.value?.tiles ?? [])
  const completeTo = computed(() => told.value?.complete_to ?? told.value?.as_of ?? null)

  function heard(): void {
    heardAt = performance.now()
    silentSeconds.value = 0
  }

  function hear(next: Snapshot): void {
    heard()
    picture.value = next
  }

  function know(reader: SessionShown): void {
    heard()
    session.value = reader
    // It was somebody else's, who has left.
    if (!watches.value) picture.value = null
  }

  function start(): () => void {
    const rest = stayWhileTouched()
    following = follow({
      session: know,
      snapshot: hear,
      delta: (change) => {
        if (picture.value) hear({ ...picture.value, ...change })
      },
      line: (state) => {
        line.value = state
        // What was shown is for who has left, and not for whoever comes to the window next.
        if (state === 'signed_out') session.value = picture.value = null
      },
    })
    const look = window.setInterval(() => {
      silentSeconds.value = (performance.now() - heardAt) / 1_000
    }, LOOK_MS)
    return () => {
      window.clearInterval(look)
      rest()
      following?.stop()
    }
  }

  /** Sign out, in all windows of the browser; say whether it was done. */
  async function signOut(): Promise<boolean> {
    const done = await leave()
    if (done) following?.left()
    return done
  }

  return { session, pages, parts, watches, told, picture, tiles, freshness, delaySeconds, stale, completeTo, start, signOut }
})
