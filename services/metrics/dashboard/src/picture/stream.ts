/** The live stream of one window: snapshot, deltas, and honest news about the line itself. */
import type { Delta, Snapshot } from './views'

export type Line = 'connecting' | 'live' | 'reconnecting' | 'signed_out'

export interface Listener {
  snapshot(picture: Snapshot): void
  delta(change: Delta): void
  line(state: Line): void
}

export interface Stream {
  /** Listen from now on, beginning with a snapshot. */
  open(): void
  close(): void
}

const ADDRESS = '/v1/stream'
const RETRY_MS_MIN = 1_000
const RETRY_MS_MAX = 30_000
const GLIMPSE_MS = 5_000

/** A stream to *listener*; with *glimpses* it is left after each snapshot, and comes back for the next. */
export function streamTo(listener: Listener, glimpses: boolean): Stream {
  let source: EventSource | null = null
  let retryMs = RETRY_MS_MIN
  let timer = 0

  function close(): void {
    window.clearTimeout(timer)
    source?.close()
    source = null
  }

  function openIn(ms: number): void {
    close()
    timer = window.setTimeout(open, ms)
  }

  function retryLater(): void {
    listener.line('reconnecting')
    openIn(retryMs)
    retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)
  }

  /** EventSource hides the status of a refusal, so ask once more for it alone. */
  async function afterRefusal(refused: EventSource): Promise<void> {
    const status = await statusOf(ADDRESS)
    if (source !== refused) return
    close()
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
    opened.addEventListener('snapshot', (event) => {
      listener.snapshot(JSON.parse(event.data) as Snapshot)
      if (glimpses) openIn(GLIMPSE_MS)
    })
    opened.addEventListener('delta', (event) => listener.delta(JSON.parse(event.data) as Delta))
    opened.addEventListener('reset', open)
    opened.addEventListener('bye', retryLater)
    opened.addEventListener('error', () => {
      if (opened.readyState === EventSource.CLOSED) void afterRefusal(opened)
      else listener.line('reconnecting')
    })
  }

  return { open, close }
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
