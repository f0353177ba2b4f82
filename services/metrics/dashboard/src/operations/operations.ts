/** What the page of operations has read last, part by part, and how that went. */
import { readonly, ref, shallowRef, type ShallowRef } from 'vue'

import { readFigure, type Reading } from '@/picture/read'
import type { KpiCourse } from '@/picture/views'

/** How the systems are that tell us: what they tell is counted by the figures of live operation. */
export interface Sources {
  /** How long each was silent while the hall was open. */
  alive: KpiCourse
  /** How late each tells. */
  lag: KpiCourse
}

const counted = shallowRef<KpiCourse[] | null>(null)

/** The figures behind which there are cases, as they were read last. */
export function useCounted(): Readonly<ShallowRef<KpiCourse[] | null>> {
  return counted
}

export async function readSources(): Promise<Sources> {
  const [alive, lag, contradictions, doubtful] = await Promise.all([
    readFigure('K01.7'),
    readFigure('L07'),
    readFigure('L08'),
    readFigure('L09'),
  ])
  counted.value = [contradictions, doubtful]
  return { alive, lag }
}

/** A document that is read again and again; where that fails, what was read before stays, and *state* says so. */
export function usePart<Told>(ask: () => Promise<Told>) {
  const told = shallowRef<Told | null>(null)
  const state = ref<Reading>('reading')

  async function read(): Promise<void> {
    try {
      told.value = await ask()
      state.value = 'shown'
    } catch {
      state.value = 'failed'
    }
  }

  return { told, state: readonly(state), read }
}
