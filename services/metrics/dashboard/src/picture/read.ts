/** The few documents that the page reads besides its stream. */
import type {
  Alert,
  AlertLine,
  CardGroups,
  Case,
  ChannelLine,
  ClockPage,
  Completeness,
  KpiCourse,
  OrganisationLine,
  PlanPage,
  RulesShown,
  TimelineFact,
  TimelinePage,
} from './views'

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

export function readClocks(caseNo: string, language: string): Promise<ClockPage> {
  return read(`/v1/cases/${encodeURIComponent(caseNo)}/clocks`, language)
}

/** Where the certificate of a case is, which is a page of its own. */
export function certificateAddress(caseNo: string): string {
  return `/v1/cases/${encodeURIComponent(caseNo)}/certificate`
}

/** One page of a listing; what it holds needs no language. */
export function readPage<Row>(address: string): Promise<Page<Row>> {
  return read<Page<Row>>(address, 'zh-CN')
}

/** The items of the plan with their figures; their names come in both languages. */
export function readPlan(): Promise<PlanPage> {
  return read('/v1/plan', 'zh-CN')
}

/** How far everything is folded, and what waits where. */
export function readFreshness(): Promise<Completeness> {
  return read('/v1/freshness', 'zh-CN')
}

/** A figure of the whole bureau, by day and by what tells it. */
export function readFigure(figure: string): Promise<KpiCourse> {
  return read(`/v1/kpis/${encodeURIComponent(figure)}?by=day`, 'zh-CN')
}

/** The channels that are told of cards, by name. */
export async function readChannels(): Promise<ChannelLine[]> {
  const page = await readPage<ChannelLine>('/v1/channels')
  return page.items
}

/** The rules in force, and the editions that there were. */
export function readRules(): Promise<RulesShown> {
  return read('/v1/rules', 'zh-CN')
}

/** How many cards stand, by limit and by organisation. */
export function readGroups(): Promise<CardGroups> {
  return read('/v1/alerts/groups', 'zh-CN')
}

/** Where cases are open, the most first. */
export async function readOrganisations(): Promise<OrganisationLine[]> {
  const page = await readPage<OrganisationLine>('/v1/organisations')
  return page.items
}

const EVERY_STATE = 'state=RAISED&state=ESCALATED&state=ACKNOWLEDGED&state=RESOLVED&state=REVOKED'

/** The last cards of a case, whatever has become of them. */
export async function readCards(caseNo: string): Promise<AlertLine[]> {
  const page = await readPage<AlertLine>(`/v1/alerts?case_no=${encodeURIComponent(caseNo)}&${EVERY_STATE}&limit=200`)
  return page.items
}

export async function readTimeline(caseNo: string, language: string): Promise<TimelineFact[]> {
  const address = `/v1/cases/${encodeURIComponent(caseNo)}/timeline`
  const page = await read<TimelinePage>(address, language)
  return page.items
}
