/** One stream for all windows of a browser, which allows six connections to a host. */
import { streamTo, type Line, type Listener } from './stream'
import type { Delta, SessionShown, Snapshot } from './views'

type Word =
  | { kind: 'session'; reader: SessionShown }
  | { kind: 'snapshot'; picture: Snapshot }
  | { kind: 'delta'; change: Delta }
  | { kind: 'line'; state: Line }
  | { kind: 'hello' }
  | { kind: 'left' }

interface Presence {
  come(): void
  go(): void
  left(): void
}

const NAME = 'casetrack-stream'
const HIDDEN_MS_MAX = 60_000

/** A stream that is followed: until it is stopped, or because the reader has left in all windows. */
export interface Following {
  stop(): void
  left(): void
}

/** Follow the stream; a window that nobody sees rests. */
export function follow(listener: Listener): Following {
  // Safari has both since 15.4, Firefox locks since 96, and none has them where the page came without TLS.
  const together = 'locks' in navigator && 'BroadcastChannel' in window
  return whileSeen(together ? withOthers(listener) : alone(listener), together ? HIDDEN_MS_MAX : 0)
}

function whileSeen(presence: Presence, hiddenMsMax: number): Following {
  let timer = 0

  function onVisibility(): void {
    window.clearTimeout(timer)
    if (document.hidden) timer = window.setTimeout(presence.go, hiddenMsMax)
    else presence.come()
  }

  document.addEventListener('visibilitychange', onVisibility)
  presence.come()

  function stop(): void {
    window.clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisibility)
    presence.go()
  }

  return {
    stop,
    left() {
      presence.left()
      stop()
    },
  }
}

/** Where windows cannot agree on one stream, each only looks now and then, and holds no connection. */
function alone(listener: Listener): Presence {
  const stream = streamTo(listener, true)
  return { come: stream.open, go: stream.close, left: () => listener.line('signed_out') }
}

/** The window that has the lock listens and tells the others; when it goes, the next one has the lock. */
function withOthers(listener: Listener): Presence {
  const channel = new BroadcastChannel(NAME)
  let here: AbortController | null = null
  let leads = false

  function say(word: Word): void {
    channel.postMessage(word)
  }

  function hear(word: Word): void {
    if (word.kind === 'session') listener.session(word.reader)
    else if (word.kind === 'snapshot') listener.snapshot(word.picture)
    else if (word.kind === 'delta') listener.delta(word.change)
    else if (word.kind === 'line') listener.line(word.state)
    else if (word.kind === 'left') hearThatSomebodyLeft()
    // Whoever is new, or has signed in as somebody else, needs to hear all from the beginning.
    else if (leads) stream.open()
  }

  function hearThatSomebodyLeft(): void {
    stream.close()
    listener.line('signed_out')
  }

  function hearAndTell(word: Word): void {
    hear(word)
    say(word)
  }

  const stream = streamTo(
    {
      session: (reader) => hearAndTell({ kind: 'session', reader }),
      snapshot: (picture) => hearAndTell({ kind: 'snapshot', picture }),
      delta: (change) => hearAndTell({ kind: 'delta', change }),
      line: (state) => hearAndTell({ kind: 'line', state }),
    },
    false,
  )

  async function lead(going: AbortSignal): Promise<void> {
    if (going.aborted) return
    leads = true
    stream.open()
    await new Promise((gone) => going.addEventListener('abort', gone))
    stream.close()
    leads = false
  }

  channel.addEventListener('message', (event: MessageEvent<Word>) => hear(event.data))
  return {
    come() {
      if (here) return
      here = new AbortController()
      const going = here.signal
      // Going away while waiting for the lock is no failure.
      navigator.locks.request(NAME, { signal: going }, () => lead(going)).catch(() => undefined)
      say({ kind: 'hello' })
    },
    go() {
      here?.abort()
      here = null
    },
    left() {
      hearAndTell({ kind: 'left' })
    },
  }
}
