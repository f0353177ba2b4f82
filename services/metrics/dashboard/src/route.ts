/** What is opened beside the page, kept in the address so that it can be linked and gone back from. */
import { readonly, ref } from 'vue'

export type Opened =
  | { kind: 'none' }
  | { kind: 'alert'; alertId: string }
  | { kind: 'case'; caseNo: string }
  | { kind: 'figure'; figure: string }

const PAGE = '#/'

function parse(hash: string): Opened {
  const [, family, id] = /^#\/(alerts|cases|figures)\/([^/?]+)$/.exec(hash) ?? []
  if (family === 'alerts' && id) return { kind: 'alert', alertId: decodeURIComponent(id) }
  if (family === 'cases' && id) return { kind: 'case', caseNo: decodeURIComponent(id) }
  if (family === 'figures' && id) return { kind: 'figure', figure: decodeURIComponent(id) }
  return { kind: 'none' }
}

const current = ref<Opened>(parse(window.location.hash))
// A reason that was opened from a list closes to that list.
let beneath = PAGE

window.addEventListener('hashchange', () => {
  const before = current.value
  const next = parse(window.location.hash)
  if (next.kind === 'none' || next.kind === 'figure') beneath = PAGE
  else if (before.kind === 'figure') beneath = figureAddress(before.figure)
  current.value = next
})

export const opened = readonly(current)

export function alertAddress(alertId: string): string {
  return `#/alerts/${encodeURIComponent(alertId)}`
}

export function caseAddress(caseNo: string): string {
  return `#/cases/${encodeURIComponent(caseNo)}`
}

export function figureAddress(figure: string): string {
  return `#/figures/${encodeURIComponent(figure)}`
}

/** Close the list behind a figure; a drawer also says so when another address has closed it. */
export function closeFigure(): void {
  if (current.value.kind === 'figure') window.location.hash = PAGE
}

/** Close whatever is opened. */
export function closeAll(): void {
  if (current.value.kind !== 'none') window.location.hash = PAGE
}

/** Close a reason, and show again what it was opened from. */
export function closeReason(): void {
  if (current.value.kind === 'alert' || current.value.kind === 'case') window.location.hash = beneath
}
