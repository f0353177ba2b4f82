/** Rows that do not move under the reader: new ones wait while a pointer or the focus is inside. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue'

interface KeyedRow<Row> {
  key: string
  row: Row
}

export interface SettledRow<Row> extends KeyedRow<Row> {
  gone: boolean
  fresh: boolean
}

/** The rows with their keys; those that nothing tells apart are counted from the last, where none is added. */
function keyed<Row>(rows: Row[], keyOf: (row: Row) => string): KeyedRow<Row>[] {
  const counted = new Map<string, number>()
  const fromTheLast = [...rows].reverse().map((row) => {
    const look = keyOf(row)
    const place = (counted.get(look) ?? 0) + 1
    counted.set(look, place)
    return { key: `${look} ${place}`, row }
  })
  return fromTheLast.reverse()
}

export function useSettledRows<Row>(rows: Ref<Row[]>, keyOf: (row: Row) => string) {
  const pointed = ref(false)
  const focused = ref(false)
  const held = computed(() => pointed.value || focused.value)
  const shown = shallowRef<SettledRow<Row>[]>([])
  const missing = shallowRef<KeyedRow<Row>[]>([])
  const latest = computed(() => keyed(rows.value, keyOf))

  function show(): void {
    const before = new Set(shown.value.map((entry) => entry.key))
    const first = before.size === 0
    shown.value = latest.value.map((entry) => ({ ...entry, gone: false, fresh: !first && !before.has(entry.key) }))
    missing.value = []
  }

  function keep(): void {
    const now = new Map(latest.value.map((entry) => [entry.key, entry.row]))
    shown.value = shown.value.map((entry) => ({
      ...entry,
      row: now.get(entry.key) ?? entry.row,
      gone: !now.has(entry.key),
    }))
    const known = new Set(shown.value.map((entry) => entry.key))
    missing.value = latest.value.filter((entry) => !known.has(entry.key))
  }

  watch(rows, () => (held.value && shown.value.length > 0 ? keep() : show()), { immediate: true })

  watch(held, (now) => now || show())

  function onFocusout(event: FocusEvent): void {
    focused.value = (event.currentTarget as Element).contains(event.relatedTarget as Node | null)
  }

  /** The button that asked for the rows goes away with its focus, and no event tells us. */
  function showOnDemand(): void {
    focused.value = false
    show()
  }

  return {
    shown,
    waiting: computed(() => missing.value.length),
    show: showOnDemand,
    /** For the whole panel, so that the way from the rows to the button does not let them go. */
    holding: {
      onPointerenter: () => (pointed.value = true),
      onPointerleave: () => (pointed.value = false),
      onFocusin: () => (focused.value = true),
      onFocusout,
    },
  }
}
