/** Rows that do not move under the reader: new ones wait while a pointer or the focus is inside. */
import { computed, ref, shallowRef, watch, type Ref } from 'vue'

export interface SettledRow<Row> {
  key: string
  row: Row
  gone: boolean
  fresh: boolean
}

export function useSettledRows<Row>(rows: Ref<Row[]>, keyOf: (row: Row) => string) {
  const pointed = ref(false)
  const focused = ref(false)
  const held = computed(() => pointed.value || focused.value)
  const shown = shallowRef<SettledRow<Row>[]>([])
  const missing = shallowRef<Row[]>([])

  function show(): void {
    const before = new Set(shown.value.map((entry) => entry.key))
    const first = before.size === 0
    shown.value = rows.value.map((row) => {
      const key = keyOf(row)
      return { key, row, gone: false, fresh: !first && !before.has(key) }
    })
    missing.value = []
  }

  function keep(): void {
    const now = new Map(rows.value.map((row) => [keyOf(row), row]))
    shown.value = shown.value.map((entry) => ({
      ...entry,
      row: now.get(entry.key) ?? entry.row,
      gone: !now.has(entry.key),
    }))
    const known = new Set(shown.value.map((entry) => entry.key))
    missing.value = rows.value.filter((row) => !known.has(keyOf(row)))
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
