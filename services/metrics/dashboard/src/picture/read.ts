/** The few documents that the page reads besides its stream. */
import type { CaseHead, ExplainedAlert, Explanation, Listing, TimelineEntry } from './types'

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

export function readAlert(alertId: string, language: string): Promise<ExplainedAlert> {
  return read(`/v1/alerts/${encodeURIComponent(alertId)}`, language)
}

export function readCase(caseNo: string, language: string): Promise<CaseHead> {
  return read(`/v1/cases/${encodeURIComponent(caseNo)}`, language)
}

export async function readClocks(caseNo: string, language: string): Promise<Explanation[]> {
  const listing = await read<Listing<Explanation>>(`/v1/cases/${encodeURIComponent(caseNo)}/clocks`, language)
  return listing.items
}

/** One page of a listing; what it holds needs no language. */
export function readPage<Row>(address: string): Promise<Listing<Row>> {
  return read<Listing<Row>>(address, 'zh-CN')
}

export async function readTimeline(caseNo: string, language: string): Promise<TimelineEntry[]> {
  const address = `/v1/cases/${encodeURIComponent(caseNo)}/timeline`
  const listing = await read<Listing<TimelineEntry>>(address, language)
  return listing.items
}
