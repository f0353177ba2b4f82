/** A matter as its page shows it: what it is, whose its time was, every run that it has, its cards and its history. */
import { ref, shallowRef } from 'vue'

import { readCards, readCase, readClocks, readTimeline, Unanswered } from '@/picture/read'
import type { AlertLine, Case, Elapsed, Explanation, TimelineFact } from '@/picture/views'
import { language } from '@/words/preferences'

export interface Matter {
  head: Case
  /** How long it took; null where no receipt is known. */
  elapsed: Elapsed | null
  runs: Explanation[]
  cards: AlertLine[]
  history: TimelineFact[]
}

export type Standing = 'running' | 'paused' | 'over'

const NOT_FOUND = 404
const ORDER: readonly Standing[] = ['running', 'paused', 'over']
/** Later than every instant that is told. */
const NEVER = '9999'

/** What tells one run of a matter from all others. */
export function nameOf(run: Explanation): string {
  return `${run.subject} ${run.sla_id} ${run.episode}`
}

export function standingOf(run: Explanation): Standing {
  if (run.ended_on !== null) return 'over'
  const last = run.stretches[run.stretches.length - 1]
  return last && !last.running ? 'paused' : 'running'
}

/** What runs before what stands still, and that before what is over; what is due first before the rest. */
export function sorted(runs: Explanation[]): Explanation[] {
  function place(run: Explanation): string {
    return `${ORDER.indexOf(standingOf(run))} ${run.due_at ?? run.due ?? NEVER}`
  }
  return [...runs].sort((one, other) => (place(one) < place(other) ? -1 : place(one) > place(other) ? 1 : 0))
}

export function useMatter(caseNo: string) {
  const matter = shallowRef<Matter | null>(null)
  const state = ref<'reading' | 'shown' | 'unknown' | 'failed'>('reading')
  let asked = 0

  /** Read it, once more where it is shown: then it stays until the answer is there. */
  async function read(): Promise<void> {
    const turn = (asked += 1)
    if (state.value === 'failed') state.value = 'reading'
    try {
      const [head, clocks, cards, history] = await Promise.all([
        readCase(caseNo, language.value),
        readClocks(caseNo, language.value),
        readCards(caseNo),
        readTimeline(caseNo, language.value),
      ])
      if (turn !== asked) return
      matter.value = { head, elapsed: clocks.matter ?? null, runs: sorted(clocks.items), cards, history }
      state.value = 'shown'
    } catch (fault) {
      if (turn !== asked || matter.value !== null) return
      state.value = fault instanceof Unanswered && fault.status === NOT_FOUND ? 'unknown' : 'failed'
    }
  }

  return { matter, state, read }
}
