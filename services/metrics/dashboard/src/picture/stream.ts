/** The live stream of the page: snapshot, deltas, and honest news about the line itself. */
import type { Picture } from './types'

export type Line = 'connecting' | 'live' | 'reconnecting' | 'signed_out'

export interface Listener {
  snapshot(picture: Picture): void
  delta(change: Partial<Picture>): void
  line(state: Line): void
}

const ADDRESS = '/v1/stream'
const RETRY_MS_MIN = 1_000
const RETRY_MS_MAX = 30_000
// Browsers allow six connections to a host over HTTP/1.1: a page that nobody sees gives its one back.
const HIDDEN_MS_MAX = 60_000

/** Follow the stream until the returned function is called. */
export function follow(listener: Listener): () => void {
  let source: EventSource | null = null
  let retryMs = RETRY_MS_MIN
  let timer = 0

  function close(): void {
    window.clearTimeout(timer)
    source?.close()
    source = null
  }

  function retryLater(): void {
    close()
    listener.line('reconnecting')
    timer = window.setTimeout(open, retryMs)
    retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
  }

  /** EventSource hides the status of a refusal, so ask once more for it alone. */
  async function afterRefusal(): Promise<void> {
    close()
    const status = await statusOf(ADDRESS)
    if (status === 401 || status === 403) listener.line('signed_out')
    else retryLater()
  }

  function open(): void {
    close()
    const opened = new EventSource(ADDRESS, { withCredentials: true })
    source = opened
    opened.addEventListener('open', () => {
      retryMs = RETRY_MS_MIN
      listener.line('live')
    })
    opened.addEventListener('snapshot', (event) => listener.snapshot(JSON.parse(event.data) as Picture))
    opened.addEventListener('delta', (event) => listener.delta(JSON.parse(event.data) as Partial<Picture>))
    opened.addEventListener('reset', open)
    opened.addEventListener('bye', retryLater)
    opened.addEventListener('error', () => {
      if (opened.readyState === EventSource.CLOSED) void afterRefusal()
      else listener.line('reconnecting')
    })
  }

  function onVisibility(): void {
    if (document.hidden) timer = window.setTimeout(close, HIDDEN_MS_MAX)
    else if (source === null) open()
    else window.clearTimeout(timer)
  }

  document.addEventListener('visibilitychange', onVisibility)
  open()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    close()
  }
}

async function statusOf(address: string): Promise<number> {
  const request = new AbortController()
  try {
    const answer = await fetch(address, { signal: request.signal, headers: { Accept: 'text/event-stream' } })
    return answer.status
  } catch {
    return 0
  } finally {
    request.abort()
  }
}
