/** The few documents that the page reads besides its stream. */
import type { Alert, Case, ClockPage, Explanation, TimelineFact, TimelinePage } from './views'

/** A part of a collection, and the cursor of the next one. */
export interface Page<Row> {
  items: Row[]
  next_cursor: string | null
}

/** How the reading of a document goes. */
export type Reading = 'reading' | 'shown' | 'failed'

export class Unanswered extends Error {
  constructor(readonly status: number) {
    super(`the service answered ${status}`)
  }
}

async function read<Answer>(address: string, language: string): Promise<Answer> {
  const answer = await fetch(address, { headers: { Accept: 'application/json', 'Accept-Language': language } })
  if (!answer.ok) throw new Unanswered(answer.status)
  return (await answer.json()) as Answer
}

export function readAlert(alertId: string, language: string): Promise<Alert> {
  return read(`/v1/alerts/${encodeURIComponent(alertId)}`, language)
}

export function readCase(caseNo: string, language: string): Promise<Case> {
  return read(`/v1/cases/${encodeURIComponent(caseNo)}`, language)
}

export async function readClocks(caseNo: string, language: string): Promise<Explanation[]> {
  const page = await read<ClockPage>(`/v1/cases/${encodeURIComponent(caseNo)}/clocks`, language)
  return page.items
}

/** One page of a listing; what it holds needs no language. */
export function readPage<Row>(address: string): Promise<Page<Row>> {
  return read<Page<Row>>(address, 'zh-CN')
}

export async function readTimeline(caseNo: string, language: string): Promise<TimelineFact[]> {
  const address = `/v1/cases/${encodeURIComponent(caseNo)}/timeline`
  const page = await read<TimelinePage>(address, language)
  return page.items
}
