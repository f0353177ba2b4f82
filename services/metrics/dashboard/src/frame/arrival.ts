/** Where the reader is after a page has taken another's place: back at the link that was followed, else at its beginning. */
import { nextTick, watch, type Ref } from 'vue'

import { addressOf, from, page } from '@/route'

const LOOKS_MAX = 20
const LOOK_MS = 50

/** The link to *address*, or the one of what says that it leads there; the way back is none. */
function leadingTo(address: string): string {
  const escaped = CSS.escape(address)
  return `a[href="${escaped}"]:not([data-back]), [data-leads="${escaped}"] a`
}

/** Take the reader along from page to page in *main*. */
export function useArrival(main: Ref<HTMLElement | null>): void {
  const scrolled = new Map<string, number>()

  /** The link by which the reader went away; what is listed may have to be read first. */
  async function linkTo(address: string): Promise<HTMLElement | null> {
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const found = main.value?.querySelector<HTMLElement>(leadingTo(address)) ?? null
      if (found || main.value?.querySelector('[data-reading]') === null) return found
      await new Promise((ready) => window.setTimeout(ready, LOOK_MS))
    }
    return null
  }

  watch(
    page,
    (_, before) => {
      if (before) scrolled.set(addressOf(before), window.scrollY)
    },
    { flush: 'sync' },
  )

  watch(
    [() => page.value.kind, () => (page.value.kind === 'case' ? page.value.caseNo : '')],
    async () => {
      const arrived = addressOf(page.value)
      await nextTick()
      const link = from.value === null ? null : await linkTo(from.value)
      if (addressOf(page.value) !== arrived) return
      const place = link ?? main.value?.querySelector<HTMLElement>('h1') ?? main.value
      place?.focus({ preventScroll: true })
      window.scrollTo(0, link ? (scrolled.get(arrived) ?? 0) : 0)
    },
  )
}
