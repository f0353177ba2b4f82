/** The reader's session: it goes on while somebody is at the window, and ends when told to. */

import type { SessionShown } from './views'

const ADDRESS = '/v1/session'
const NO_ANSWER = 0
const SAID_MS_MIN = 60_000
const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const

/** Who reads, and what there is for them; else the status of the refusal, 0 where nobody answered. */
export async function readSession(): Promise<SessionShown | number> {
  try {
    const answer = await fetch(ADDRESS, { headers: { Accept: 'application/json' } })
    return answer.ok ? ((await answer.json()) as SessionShown) : answer.status
  } catch {
    return NO_ANSWER
  }
}

/** Say now and then that somebody is there, until the returned function is called. */
export function stayWhileTouched(): () => void {
  let saidAt = performance.now()

  function touched(): void {
    const now = performance.now()
    if (now - saidAt < SAID_MS_MIN) return
    saidAt = now
    // The stream tells when the session is over; a word that was lost is said again.
    void fetch(ADDRESS, { method: 'POST' }).catch(() => undefined)
  }

  for (const sign of SIGNS) window.addEventListener(sign, touched, { passive: true })
  return () => {
    for (const sign of SIGNS) window.removeEventListener(sign, touched)
  }
}

/** End the session; say whether it is over. */
export async function leave(): Promise<boolean> {
  try {
    const answer = await fetch(ADDRESS, { method: 'DELETE' })
    return answer.ok || answer.status === 401
  } catch {
    return false
  }
}
