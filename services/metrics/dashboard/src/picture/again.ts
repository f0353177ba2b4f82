/** What a page reads again every so often while it is seen: also when nothing comes that would be news. */
import { onBeforeUnmount, onMounted } from 'vue'

const SOON_MS = 1_500

/** Read with *read* when the page is there, and *everyMs* after each time; the function returned reads soon. */
export function readAgain(read: () => Promise<unknown>, everyMs: number): () => void {
  let timer = 0
  let stopped = false

  function next(ms: number): void {
    window.clearTimeout(timer)
    if (!stopped) timer = window.setTimeout(again, ms)
  }

  async function again(): Promise<void> {
    timer = 0
    if (!document.hidden) await read()
    // Somebody may have asked for an earlier time meanwhile.
    if (timer === 0) next(everyMs)
  }

  function onVisibility(): void {
    if (!document.hidden) next(0)
  }

  onMounted(() => {
    document.addEventListener('visibilitychange', onVisibility)
    void again()
  })
  onBeforeUnmount(() => {
    stopped = true
    window.clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisibility)
  })
  return () => next(SOON_MS)
}
