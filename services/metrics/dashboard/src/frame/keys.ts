/** Single letters as commands: only where nobody is writing, and without any other key held. */

const WRITTEN_IN = 'input, textarea, select, [contenteditable]'

/** The letter or name of *event*'s key, or null where the key belongs to what is being written. */
export function commandIn(event: KeyboardEvent): string | null {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest(WRITTEN_IN)) return null
  return event.key
}
