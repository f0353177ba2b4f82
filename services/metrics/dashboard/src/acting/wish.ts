/** The form that somebody has asked for with a key, before what it is about was opened. */
import type { AlertAction } from '@/picture/views'

let wished: { alertId: string; action: AlertAction } | null = null

export function wish(alertId: string, action: AlertAction): void {
  wished = { alertId, action }
}

/** What was wished for *alertId*, once. */
export function wishFor(alertId: string): AlertAction | null {
  const found = wished?.alertId === alertId ? wished.action : null
  wished = null
  return found
}
