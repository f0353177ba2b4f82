/** What the reader has begun to write: kept until it is done, however often the form is closed. */

export interface Draft {
  values: Record<string, string>
  /** Of the command that will be sent: sent again, it is the same one. */
  key: string
}

const KEY_WORDS = 4

const drafts = new Map<string, Draft>()

/** A key that nobody else has; randomUUID is newer than the browsers that we support. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(KEY_WORDS)), (word) => word.toString(36)).join('-')
}

/** The draft of what is done by *action* about *subject*. */
export function draftOf(subject: string, action: string): Draft {
  const name = `${subject} ${action}`
  const draft = drafts.get(name) ?? { values: {}, key: newKey() }
  drafts.set(name, draft)
  return draft
}

/** Begin anew with another command: what was sent under the key was understood, and refused. */
export function renew(subject: string, action: string): void {
  draftOf(subject, action).key = newKey()
}

export function forgetDraft(subject: string, action: string): void {
  drafts.delete(`${subject} ${action}`)
}

/** What was written is for who has left, and not for whoever comes to the window next. */
export function forgetDrafts(): void {
  drafts.clear()
}
