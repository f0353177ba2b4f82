/** The live stream of one window: snapshot, deltas, and honest news about the line itself. */
import { readSession } from './session'
import type { Delta, SessionShown, Snapshot } from './views'

export type Line = 'connecting' | 'live' | 'reconnecting' | 'signed_out'

export interface Listener {
  session(reader: SessionShown): void
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
/** How often who has no stream looks. */
export const LOOK_MS = 15_000
const RETRY_MS_MIN = 1_000
const RETRY_MS_MAX = 30_000
const GLIMPSE_MS = 5_000
const UNAUTHORISED = 401

/**
 * A stream to *listener*; with *glimpses* it is left after each snapshot, and comes back for the next.
 *
 * Whoever does not watch the day has no stream: the session is asked again and again how far all is.
 */
export function streamTo(listener: Listener, glimpses: boolean): Stream {
  let source: EventSource | null = null
  let retryMs = RETRY_MS_MIN
  let timer = 0
  let turn = 0

  function close(): void {
    window.clearTimeout(timer)
    turn += 1
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

  /** EventSource hides the status of a refusal: the session knows whether it is over. */
  async function afterRefusal(refused: EventSource): Promise<void> {
    const reader = await readSession()
    if (source !== refused) return
    close()
    if (reader === UNAUTHORISED) listener.line('signed_out')
    else retryLater()
  }

  function open(): void {
    close()
    void begin(turn)
  }

  /** Ask who reads, and then listen or look as there is something for them; unless another *mine* has begun. */
  async function begin(mine: number): Promise<void> {
    const reader = await readSession()
    if (mine !== turn) return
    if (reader === UNAUTHORISED) listener.line('signed_out')
    else if (typeof reader === 'number') retryLater()
    else if (reader.pages.includes('today')) {
      listener.session(reader)
      listen()
    } else {
      retryMs = RETRY_MS_MIN
      listener.line('live')
      listener.session(reader)
      openIn(LOOK_MS)
    }
  }

  function listen(): void {
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
