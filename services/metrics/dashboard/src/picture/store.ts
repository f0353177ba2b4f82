/** The picture of today as the page knows it, and how far it may be trusted. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'

import { follow } from './follow'
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
    const stop = follow({
      snapshot: hear,
      delta: (change) => {
        if (picture.value) hear({ ...picture.value, ...change })
      },
      line: (state) => {
        line.value = state
      },
    })
    const look = window.setInterval(() => {
      silentSeconds.value = (performance.now() - heardAt) / 1_000
    }, LOOK_MS)
    return () => {
      window.clearInterval(look)
      stop()
    }
  }

  return { picture, tiles, freshness, delaySeconds, stale, completeTo, start }
})
