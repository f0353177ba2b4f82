/** What can be done about a card, as data: by which key, what is asked for, and what is sent where. */
import type { AlertAction, AlertLine } from '@/picture/views'

/** What is done about, as a list or its own answer tells it. */
export type Acted = Pick<AlertLine, 'alert_id' | 'actions'>

export interface Field {
  name: string
  kind: 'text' | 'day'
  required: boolean
  characters_max: number
}

export interface Action {
  name: AlertAction
  /** The letter that opens its form. */
  key: string
  fields: Field[]
  address(card: Acted): string
}

const NOTE_CHARACTERS_MAX = 500

function of(card: Acted, word: string): string {
  return `/v1/alerts/${encodeURIComponent(card.alert_id)}/${word}`
}

function text(name: string, required: boolean): Field {
  return { name, kind: 'text', required, characters_max: NOTE_CHARACTERS_MAX }
}

export const ACTIONS: readonly Action[] = [
  { name: 'ACKNOWLEDGE', key: 'a', fields: [text('note', false)], address: (card) => of(card, 'acknowledge') },
]

/** What the service lets this reader do about *card* now. */
export function actionsOn(card: Acted): Action[] {
  return ACTIONS.filter((action) => card.actions.includes(action.name))
}

/** The first field that has to be filled in and is not. */
export function missingIn(action: Action, values: Record<string, string>): string | null {
  return action.fields.find((field) => field.required && !values[field.name]?.trim())?.name ?? null
}

/** What is sent: what was filled in. */
export function bodyOf(action: Action, values: Record<string, string>): Record<string, string> {
  const filled = action.fields.map((field) => [field.name, (values[field.name] ?? '').trim()])
  return Object.fromEntries(filled.filter(([, value]) => value !== ''))
}
