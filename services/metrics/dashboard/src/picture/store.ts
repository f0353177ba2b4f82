/** The picture of today as the page knows it, and how far it may be trusted. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { follow, type Following } from './follow'
import { leave, stayWhileTouched } from './session'
import type { Line } from './stream'
import type { Snapshot } from './views'

export type Freshness = Line | 'delayed'

const LAG_SECONDS_MAX = 5
// The service sends a delta at least every fifteen seconds; three missing ones are a silent line.
const SILENCE_SECONDS_MAX = 45
const LOOK_MS = 1_000

export const usePicture = defineStore('picture', () => {
  const picture = shallowRef<Snapshot | null>(null)
  const line = ref<Line>('connecting')
  const silentSeconds = ref(0)
  let heardAt = performance.now()
  let following: Following | null = null

  const delaySeconds = computed(() => {
    const silence = silentSeconds.value > SILENCE_SECONDS_MAX ? silentSeconds.value : 0
    return Math.round(Math.max(picture.value?.lag_seconds ?? 0, silence))
  })
  const freshness = computed<Freshness>(() =>
    line.value === 'live' && delaySeconds.value > LAG_SECONDS_MAX ? 'delayed' : line.value,
  )
  const stale = computed(() => picture.value !== null && freshness.value !== 'live')
  // While the release changes, an older service sends none.
  const tiles = computed(() => picture.value?.tiles ?? [])
  const completeTo = computed(() => picture.value?.complete_to ?? picture.value?.as_of ?? null)

  function hear(next: Snapshot): void {
    heardAt = performance.now()
    silentSeconds.value = 0
    picture.value = next
  }

  function start(): () => void {
    const rest = stayWhileTouched()
    following = follow({
      snapshot: hear,
      delta: (change) => {
        if (picture.value) hear({ ...picture.value, ...change })
      },
      line: (state) => {
        line.value = state
        // What was shown is for who has left, and not for whoever comes to the window next.
        if (state === 'signed_out') picture.value = null
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

  return { picture, tiles, freshness, delaySeconds, stale, completeTo, start, signOut }
})
