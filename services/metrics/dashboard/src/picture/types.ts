/** The shapes that the metrics service sends: one picture of today, and the explanations behind it. */

export type Level = 'YELLOW' | 'RED'
export type Language = 'zh-CN' | 'en'
export type Sentence = Record<Language, string>

export interface Now {
  open: number
  due_today: number
  yellow: number
  red: number
  red_statutory: number
  received_today: number
  accepted_today: number
  decided_today: number
  closed_today: number
  ratings_today: number
  rectifications_closed_today: number
  inspections_today: number
  referrals_today: number
}

export interface LateNext {
  case_no: string
  item_code: string
  item_name: string
  clock: string
  sla_id: string
  due: string | null
  days_left: number | null
  seconds_left: number | null
  level: Level | null
  limit: number
  unit: string
  consumed: number
  stopped_days: number
  provisional: boolean
  paused: boolean
}

export interface RedCard {
  alert_id: string
  case_no: string
  item_name: string
  level: Level
  severity: number
  basis: string
  due: string
  overdue_days: number
  raised_at: string
  sentence: Sentence
  state: 'RAISED' | 'ACKNOWLEDGED' | 'ESCALATED'
}

export interface Arrivals {
  hours: number[]
  comparison: number[]
}

export interface LatestFact {
  time: string
  type: string
  case_no: string | null
  item_name: string | null
  activity: string | null
}

/** How far the projection is that will take the place of the one that is shown. */
export interface Rebuilding {
  facts: number
  facts_expected: number | null
}

export interface Picture {
  as_of: string
  complete_to: string | null
  lag_seconds: number
  rebuilding: Rebuilding | null
  demo: boolean
  principal: { name: string; role: string }
  now: Now
  late_next: LateNext[]
  red: RedCard[]
  arrivals: Arrivals
  latest: LatestFact[]
}

export type DayKind =
  | 'counted'
  | 'weekend'
  | 'holiday'
  | 'make_up'
  | 'stopped'
  | 'start'
  | 'due'
  | 'after_due'

export interface Day {
  date: string
  counted: boolean
  why: string
  kind: DayKind
  name?: string | null
  ground?: string | null
  event_id?: string | null
  law?: string | null
}

export interface Stretch {
  from: string
  to: string | null
  running: boolean
  reason: string | null
  legal_basis: string | null
  event_id: string | null
}

/** What a reader needs to compute the same due date again. */
export interface Explanation {
  sla_id: string
  clock: string
  policy_version: string
  calendar_version: string
  limit: number
  unit: string
  started_by: string | null
  starts_on: string
  ended_on: string | null
  due: string | null
  provisional: boolean
  stretches: Stretch[]
  days: Day[]
  consumed: number
  remaining: number
  level: Level | null
  raised_at: string | null
  lateness_ms: number | null
  causes: string[]
  sentence: Sentence
}

export interface ExplainedAlert extends Explanation {
  alert_id: string
  case_no: string
  item_name: string | null
}

/** What a case is, before its deadlines and its history. */
export interface CaseHead {
  case_no: string
  item_name: string | null
  phase: string
}

export interface TimelineEntry {
  id: string
  time: string
  recordedtime?: string | null
  type: string
  activity?: string | null
  anomaly?: string | null
}

/** A case or a card in one line, as the list behind a figure has it. */
export interface BehindFigure {
  case_no: string
  item_name: string | null
  level: Level | null
  due: string | Partial<Record<string, string | null>> | null
  open?: boolean
  phase?: string
  alert_id?: string
  basis?: string
}

export interface Listing<Row> {
  items: Row[]
  next_cursor?: string | null
}
