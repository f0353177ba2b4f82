/** What can be done about a card, as data: by which letter, what is asked for, and what is sent where. */
import type { Alert, AlertAction } from '@/picture/views'

export interface Field {
  name: string
  required: boolean
  characters_max: number
}

export interface Action {
  name: AlertAction
  /** The letter that opens its form. */
  key: string
  /** By what its words are found: what is agreed to is called otherwise than what is asked for. */
  words(card: Alert): string
  fields(card: Alert): Field[]
  address(card: Alert): string
  /** What is sent beside the fields. */
  about?(card: Alert): Record<string, string>
}

const NOTE_CHARACTERS_MAX = 500

function of(card: Alert, word: string): string {
  return `/v1/alerts/${encodeURIComponent(card.alert_id)}/${word}`
}

function text(name: string, required: boolean): Field {
  return { name, required, characters_max: NOTE_CHARACTERS_MAX }
}

/** The order that was given first of those that wait. */
function unanswered(card: Alert): string {
  const waiting = card.orders.filter((order) => order.state === 'ISSUED')
  return waiting[waiting.length - 1]?.order_id ?? ''
}

export const ACTIONS: readonly Action[] = [
  {
    name: 'ACKNOWLEDGE',
    key: 'a',
    words: () => 'ACKNOWLEDGE',
    fields: () => [text('note', false)],
    address: (card) => of(card, 'acknowledge'),
  },
  {
    name: 'ESCALATE',
    key: 'e',
    words: () => 'ESCALATE',
    fields: () => [text('note', false)],
    address: (card) => of(card, 'escalate'),
  },
  {
    name: 'ORDER',
    key: 'o',
    words: () => 'ORDER',
    fields: () => [text('content', true)],
    address: () => '/v1/orders',
    about: (card) => ({ alert_id: card.alert_id }),
  },
  {
    name: 'REVOKE',
    key: 'r',
    words: (card) => (card.proposal ? 'AGREE' : 'REVOKE'),
    fields: (card) => (card.proposal ? [] : [text('reason', true)]),
    address: (card) => of(card, 'revoke'),
  },
  {
    name: 'ANSWER',
    key: 'w',
    words: () => 'ANSWER',
    fields: () => [text('reply', true)],
    address: (card) => `/v1/orders/${encodeURIComponent(unanswered(card))}/answer`,
  },
]

/** What the service lets this reader do about *card* now. */
export function actionsOn(card: Alert): Action[] {
  return ACTIONS.filter((action) => card.actions.includes(action.name))
}

/** The first field that has to be filled in and is not. */
export function missingIn(fields: Field[], values: Record<string, string>): string | null {
  return fields.find((field) => field.required && !values[field.name]?.trim())?.name ?? null
}

/** What is sent: what was filled in, and what it is about. */
export function bodyOf(action: Action, card: Alert, values: Record<string, string>): Record<string, string> {
  const filled = action.fields(card).map((field) => [field.name, (values[field.name] ?? '').trim()])
  return { ...Object.fromEntries(filled.filter(([, value]) => value !== '')), ...action.about?.(card) }
}
