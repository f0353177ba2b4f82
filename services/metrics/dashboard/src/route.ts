/** Which page is shown and what is opened beside it: the address says both, so that it can be linked and gone back from. */
import { computed, readonly, ref } from 'vue'

/** Pages that are lists: what narrows one stands in its address. */
export type ListKind = 'mine' | 'alerts' | 'cases'

export type Page =
  | { kind: 'today' }
  | { kind: ListKind; query: string }
  | { kind: 'plan' }
  | { kind: 'operations' }
  | { kind: 'case'; caseNo: string }

export type Opened = { kind: 'none' } | { kind: 'alert'; alertId: string } | { kind: 'figure'; figure: string }

interface Place {
  page: Page
  opened: Opened
}

export const TODAY = '#/'
export const MINE = '#/mine'
export const ALERTS = '#/alerts'
export const CASES = '#/cases'
export const PLAN = '#/plan'
export const OPERATIONS = '#/operations'

const LISTS: Record<ListKind, string> = { mine: MINE, alerts: ALERTS, cases: CASES }
const ADDRESS = /^#\/(alerts|cases|figures|mine|operations|plan)(?:\/([^/?]+))?(?:\?(.*))?$/
const NOTHING: Opened = { kind: 'none' }

/** What *hash* shows; a drawer lies over the page that was shown *before*, a figure over its own page. */
function parse(hash: string, before: Page | null): Place {
  const [, family, id, query] = ADDRESS.exec(hash) ?? []
  if (family === 'cases' && id) return { page: { kind: 'case', caseNo: plain(id) }, opened: NOTHING }
  if (family === 'figures' && id) return { page: { kind: 'today' }, opened: { kind: 'figure', figure: plain(id) } }
  if (family === 'plan' || family === 'operations') {
    return { page: { kind: family }, opened: id ? { kind: 'figure', figure: plain(id) } : NOTHING }
  }
  if (family !== 'alerts' && family !== 'cases' && family !== 'mine') {
    return { page: { kind: 'today' }, opened: NOTHING }
  }
  if (!id || family !== 'alerts') return { page: { kind: family, query: query ?? '' }, opened: NOTHING }
  return { page: before ?? { kind: 'alerts', query: '' }, opened: { kind: 'alert', alertId: plain(id) } }
}

/** Of an address that somebody has cut off, what is left. */
function plain(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

const place = ref<Place>(parse(window.location.hash, null))
// A reason that was opened from a list closes to that list.
let beneath = addressOf(place.value.page)
const cameFrom = ref<string | null>(null)

window.addEventListener('hashchange', () => {
  const before = place.value
  const next = parse(window.location.hash, before.page)
  if (next.opened.kind !== 'alert') beneath = addressOf(next.page)
  else if (before.opened.kind === 'figure') beneath = figureAddress(before.opened.figure, before.page)
  if (next.page.kind !== before.page.kind || caseOf(next.page) !== caseOf(before.page)) {
    const figure = before.opened.kind === 'figure' ? figureAddress(before.opened.figure, before.page) : null
    cameFrom.value = figure ?? addressOf(before.page)
  }
  place.value = next
})

function caseOf(page: Page): string {
  return page.kind === 'case' ? page.caseNo : ''
}

export const page = computed(() => place.value.page)
export const opened = computed(() => place.value.opened)
/** The address of the page before; null where this one was opened first. */
export const from = readonly(cameFrom)

export function addressOf(shown: Page): string {
  if (shown.kind === 'case') return caseAddress(shown.caseNo)
  if (shown.kind === 'plan') return PLAN
  if (shown.kind === 'operations') return OPERATIONS
  if (shown.kind === 'today') return TODAY
  return shown.query ? `${LISTS[shown.kind]}?${shown.query}` : LISTS[shown.kind]
}

export function alertAddress(alertId: string): string {
  return `#/alerts/${encodeURIComponent(alertId)}`
}

export function caseAddress(caseNo: string): string {
  return `#/cases/${encodeURIComponent(caseNo)}`
}

/** The address of what stands behind a figure *on* a page. */
export function figureAddress(figure: string, on: Page = page.value): string {
  const family = on.kind === 'plan' || on.kind === 'operations' ? addressOf(on) : '#/figures'
  return `${family}/${encodeURIComponent(figure)}`
}

/** Show what lies at *address*, as if a link to it had been followed. */
export function go(address: string): void {
  window.location.hash = address
}

/** Show *other* in place of the page that is shown, as a list of other rows: the way back leads to the page before. */
export function showInstead(other: Page): void {
  const hash = addressOf(other)
  window.history.replaceState(null, '', hash)
  place.value = { page: other, opened: NOTHING }
  beneath = hash
}

/** Close the list behind a figure; a drawer also says so when another address has closed it. */
export function closeFigure(): void {
  if (opened.value.kind === 'figure') go(addressOf(page.value))
}

/** Close whatever is opened, and show the day. */
export function closeAll(): void {
  if (window.location.hash !== '' && window.location.hash !== TODAY) go(TODAY)
}

/** Close a reason, and show again what it was opened from. */
export function closeReason(): void {
  if (opened.value.kind === 'alert') go(beneath)
}

/** Go back to the page before, or to the day where there was none; not from one that is being left already. */
export function leave(): void {
  const next = parse(window.location.hash, page.value)
  const isHere = next.opened.kind === 'none' && addressOf(next.page) === addressOf(page.value)
  if (isHere) go(from.value ?? TODAY)
}
