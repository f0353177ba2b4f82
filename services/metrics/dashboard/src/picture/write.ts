/** What the reader tells the service: one command, and the service's answer in the reader's words. */
import { i18n } from '@/words/i18n'
import { language } from '@/words/preferences'
import type { Problem } from './views'

/** Why a command was not carried out, as the reader is told. */
export interface Refusal {
  title: string
  detail: string
  /** The field at which it failed, where there is one. */
  field: string | null
  /** Whether the service has understood and declined it; otherwise it may yet be done, or have been. */
  final: boolean
}

const BAD_REQUEST = 400
const FAULT = 500

function own(code: string): Refusal {
  const { t } = i18n.global
  return { title: t(`refused.${code}.title`), detail: t(`refused.${code}.detail`), field: null, final: false }
}

async function refusalIn(answer: Response): Promise<Refusal> {
  if (answer.status === 401) return own('signed_out')
  try {
    const problem = (await answer.json()) as Partial<Problem>
    if (!problem.title || !problem.detail) return own('unanswered')
    return { title: problem.title, detail: problem.detail, field: problem.field ?? null, final: isFinal(answer) }
  } catch {
    return own('unanswered')
  }
}

function isFinal(answer: Response): boolean {
  return answer.status >= BAD_REQUEST && answer.status < FAULT
}

/** Send *body* to *address*; null where it was done. *key* tells a repetition from a second command. */
export async function tell(address: string, body: unknown, key: string): Promise<Refusal | null> {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: {
        Accept: 'application/json',
        'Accept-Language': language.value,
        'Content-Type': 'application/json',
        'Idempotency-Key': key,
      },
      body: JSON.stringify(body),
    })
    return answer.ok ? null : await refusalIn(answer)
  } catch {
    return own('unanswered')
  }
}
