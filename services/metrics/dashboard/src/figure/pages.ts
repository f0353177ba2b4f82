/** The cases behind a figure, read page by page. */
import { ref, shallowRef } from 'vue'

import { readPage, type Reading } from '@/picture/read'
import type { AlertLine, CaseLine } from '@/picture/views'

/** What a list behind a figure holds. */
export type Row = AlertLine | CaseLine

const ROWS = 50
// The service searches a bounded stretch at a time: a page may be empty and not the last one.
const EMPTY_PAGES_MAX = 20

function addressOf(list: string, cursor: string | null): string {
  const first = `${list}${list.includes('?') ? '&' : '?'}limit=${ROWS}`
  return cursor === null ? first : `${first}&cursor=${encodeURIComponent(cursor)}`
}

export function usePages() {
  const rows = shallowRef<Row[]>([])
  const state = ref<Reading>('reading')
  const cursor = ref<string | null>(null)
  let source = ''

  async function more(): Promise<void> {
    const asked = source
    state.value = 'reading'
    try {
      for (let empty = 0; empty < EMPTY_PAGES_MAX; empty += 1) {
        const page = await readPage<Row>(addressOf(asked, cursor.value))
        if (asked !== source) return
        rows.value = [...rows.value, ...page.items]
        cursor.value = page.next_cursor
        if (page.items.length > 0 || cursor.value === null) break
      }
      state.value = 'shown'
    } catch {
      if (asked === source) state.value = 'failed'
    }
  }

  function open(address: string): Promise<void> {
    source = address
    rows.value = []
    cursor.value = null
    return more()
  }

  return { rows, state, cursor, open, more }
}
