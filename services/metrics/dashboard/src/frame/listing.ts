/** A list that is read page by page and walked by keyboard, and whose rows do not move under the reader. */
import { computed, nextTick, onBeforeUnmount, onMounted, ref, useTemplateRef, watch } from 'vue'

import { usePages } from '@/picture/pages'
import { useSettledRows } from '@/picture/settled'
import { opened } from '@/route'
import { commandIn } from './keys'

const STEPS: Record<string, number> = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }

/** Do what *key* means for the row where the keyboard is, and say whether it means anything. */
type Command<Row> = (key: string, row: Row) => boolean

/** List what is at *addressOf*; the page has the rows in an element with the ref `body`, a link in each. */
export function useListing<Row>(
  addressOf: () => string,
  keyOf: (row: Row) => string,
  command: Command<Row> = () => false,
) {
  const body = useTemplateRef<HTMLElement>('body')
  const { rows, state, cursor, open, more, refresh } = usePages<Row>()
  const { shown, waiting, show, holding } = useSettledRows(rows, keyOf)
  const current = ref<string | null>(null)

  /** The row that the keyboard comes to: the one it was at last, else the first. */
  const at = computed(() => {
    const first = shown.value[0]
    const known = shown.value.some((entry) => keyOf(entry.row) === current.value)
    return known ? current.value : first ? keyOf(first.row) : null
  })

  async function list(): Promise<void> {
    await open(addressOf(), true)
    // Rows of another question are no answer to this one.
    if (state.value === 'failed') rows.value = []
    show()
  }

  async function listMore(): Promise<void> {
    if (state.value === 'reading') return
    const first = shown.value.length
    await more()
    show()
    await nextTick()
    links()[first]?.focus()
  }

  function links(): HTMLElement[] {
    return [...(body.value?.querySelectorAll<HTMLElement>('tr a') ?? [])]
  }

  function move(step: number): void {
    const all = links()
    const here = all.indexOf(document.activeElement as HTMLElement)
    const place = shown.value.findIndex((entry) => keyOf(entry.row) === at.value)
    // Whoever comes from elsewhere arrives at the row where the keyboard was last.
    const target = here < 0 ? place : Math.max(0, Math.min(all.length - 1, here + step))
    all[target]?.focus()
  }

  function rowHere(): Row | null {
    const focused = body.value?.contains(document.activeElement) ?? false
    return (focused && shown.value.find((entry) => keyOf(entry.row) === at.value)?.row) || null
  }

  /** Letters work wherever the page has the keyboard; arrows scroll it, unless they are in the list. */
  function press(event: KeyboardEvent): void {
    const key = commandIn(event)
    if (key === null || opened.value.kind !== 'none') return
    const row = rowHere()
    const step = STEPS[key]
    if (step !== undefined && (row !== null || key.length === 1)) move(step)
    else if (row === null) return
    else if (key === 'Home' || key === 'End') move(key === 'Home' ? -shown.value.length : shown.value.length)
    else if (!command(key, row)) return
    event.preventDefault()
  }

  watch(addressOf, list, { immediate: true })
  onMounted(() => window.addEventListener('keydown', press))
  onBeforeUnmount(() => window.removeEventListener('keydown', press))

  return { shown, state, cursor, waiting, show, holding, at, current, list, listMore, refresh }
}
