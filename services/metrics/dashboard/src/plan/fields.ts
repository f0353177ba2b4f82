/** What is asked on the page of the plan, field by field; a form shows them as they come. */

export interface Field {
  name: string
  label: string
  kind: 'number' | 'date' | 'word' | 'text' | 'choice'
  needed?: boolean
  /** What stands there before anybody has written anything. */
  beginning?: string
  /** The last day that it may be. */
  latest?: string
  charactersMax?: number
  /** The words that may be chosen, by what is sent; of none nothing is sent. */
  choices?: { value: string; label: string }[]
}
