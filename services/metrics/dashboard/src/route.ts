/** What is opened beside the page, kept in the address so that it can be linked and gone back from. */
import { readonly, ref } from 'vue'

export type Opened = { kind: 'none' } | { kind: 'alert'; alertId: string } | { kind: 'case'; caseNo: string }

function parse(hash: string): Opened {
  const [, family, id] = /^#\/(alerts|cases)\/([^/?]+)$/.exec(hash) ?? []
  if (family === 'alerts' && id) return { kind: 'alert', alertId: decodeURIComponent(id) }
  if (family === 'cases' && id) return { kind: 'case', caseNo: decodeURIComponent(id) }
  return { kind: 'none' }
}

const current = ref<Opened>(parse(window.location.hash))

window.addEventListener('hashchange', () => {
  current.value = parse(window.location.hash)
})

export const opened = readonly(current)

export function alertAddress(alertId: string): string {
  return `#/alerts/${encodeURIComponent(alertId)}`
}

export function caseAddress(caseNo: string): string {
  return `#/cases/${encodeURIComponent(caseNo)}`
}

export function closeOpened(): void {
  window.location.hash = '#/'
}
