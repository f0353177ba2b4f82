/** A list of the service, read page by page, and read again when something has changed. */
import { ref, shallowRef } from 'vue'

import { readPage, type Reading } from './read'

const ROWS = 50
const ROWS_MAX = 200
// The service searches a bounded stretch at a time: a page may be empty and not the last one.
const EMPTY_PAGES_MAX = 20

function addressOf(list: string, cursor: string | null, rows: number): string {
  const first = `${list}${list.includes('?') ? '&' : '?'}limit=${rows}`
  return cursor === null ? first : `${first}&cursor=${encodeURIComponent(cursor)}`
}

export function usePages<Row>() {
  const rows = shallowRef<Row[]>([])
  const state = ref<Reading>('reading')
  const cursor = ref<string | null>(null)
  let source = ''

  /** Rows behind *place* until there are *enough* or no more; null where another list was asked for meanwhile. */
  async function readOn(asked: string, place: string | null, enough: number) {
    const found: Row[] = []
    let behind = place
    for (let empty = 0; empty < EMPTY_PAGES_MAX; ) {
      const wanted = Math.min(Math.max(enough - found.length, ROWS), ROWS_MAX)
      const page = await readPage<Row>(addressOf(asked, behind, wanted))
      if (asked !== source) return null
      found.push(...page.items)
      behind = page.next_cursor
      if (behind === null || found.length >= enough) break
      if (page.items.length === 0) empty += 1
    }
    return { found, behind }
  }

  function isReading(): boolean {
    return state.value === 'reading'
  }

  async function more(): Promise<void> {
    const asked = source
    state.value = 'reading'
    try {
      const next = await readOn(asked, cursor.value, 1)
      if (next === null) return
      rows.value = cursor.value === null ? next.found : [...rows.value, ...next.found]
      cursor.value = next.behind
      state.value = 'shown'
    } catch {
      if (asked === source) state.value = 'failed'
    }
  }

  /** Read the list at *address* from its beginning; what was read before is *kept* until then, if that is wished. */
  function open(address: string, kept = false): Promise<void> {
    source = address
    if (!kept) rows.value = []
    cursor.value = null
    return more()
  }

  /** Read again as many rows as are shown; where that fails they stay, and the head says how old they are. */
  async function refresh(): Promise<void> {
    const asked = source
    if (isReading()) return
    try {
      const again = await readOn(asked, null, Math.max(rows.value.length, 1))
      // Meanwhile somebody may have asked for more, or for another list.
      if (again === null || isReading()) return
      rows.value = again.found
      cursor.value = again.behind
      state.value = 'shown'
    } catch {
      return
    }
  }

  return { rows, state, cursor, open, more, refresh }
}
