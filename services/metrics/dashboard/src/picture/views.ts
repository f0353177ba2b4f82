/** The shapes that the metrics service sends. Generated from its openapi.json: `make schemas`. */

/** A standing alert that somebody has seen, and the fact that says so. */
export interface Acknowledged {
  alert_id: string
  state: AlertState
  event_id: string
}

/**
 * An alert with its explanation.
 *
 * One that stands is explained as of today; one that is over, as it was when it
 * was raised.
 */
export interface Alert {
  subject: string
  sla_id: string
  /** The name of the clock: committed, statutory … */
  clock: string
  policy_version: string
  calendar_version: string
  /** Extensions included. */
  limit: number
  unit: string
  /** The fact that started the clock. */
  started_by: string
  starts_on: string
  /** Null while something keeps it open. */
  due: string | null
  /** Whether the count enters a year whose notice has not appeared. */
  provisional: boolean
  extensions: Extension[]
  /** Running and stopped by turns. */
  stretches: ClockSpan[]
  days: DeadlineDay[]
  consumed: number
  /** Below 0 where it is late. */
  remaining: number
  ended_on: string | null
  /** Of the alert that is explained; null where none stands. */
  level: AlertLevel | null
  raised_at: string | null
  /** How much later than its instant the alert was said. */
  lateness_ms: number | null
  /** The facts that made the clock, in the order in which they acted on it. */
  causes: string[]
  sentence: Both
  /** Tells apart the runs of one limit on one subject. */
  episode?: number
  /** What the limit is called. */
  name?: Both | null
  /** The first instant at which the limit was near. */
  near_at?: string | null
  /** The first instant at which it is late. */
  due_at?: string | null
  /** Null in what was explained before that was kept. */
  measured?: Measured | null
  /** Whose time it was; what counted adds up to what is consumed. Empty in what alerts keep. */
  used?: PartyTime[]
  alert_id: string
  case_no: string
  item_name: string | null
  basis: string
  severity: number
  state: AlertState
  recorded_at: string
  /** Why the rules brought it about, where they did; then why it is over. */
  reason: string | null
  /** How many levels it has climbed because nobody answered. */
  escalated: number
  /** Whether people have withdrawn it. */
  by_hand: boolean
  /** Whose matter it is, where the register or a fact says so. */
  org_code: string | null
  as_raised: AsRaised
  /** Everything that became of it, the oldest first. */
  history: AlertMoment[]
  /** What waits for a second person. */
  proposal: Proposal | null
  /** What was ordered about it, the newest first. */
  orders: OrderLine[]
  org_name: string | null
  /** What the reader can do about it now. */
  actions: AlertAction[]
}

/** What becomes of an alert, as it is told. */
export type AlertAct = 'acknowledged' | 'escalated' | 'raised' | 'resolved' | 'revocation_proposed' | 'revoked'

/** What somebody can do about an alert. */
export type AlertAction = 'ACKNOWLEDGE' | 'ANSWER' | 'ESCALATE' | 'ORDER' | 'REVOKE'

/** 预警, 黄牌, 红牌: which of them says what, the bureau's policy lays down. */
export type AlertLevel = 'PROMPT' | 'RED' | 'YELLOW'

/** An alert in one line of a list. */
export interface AlertLine {
  alert_id: string
  case_no: string
  item_name: string | null
  sla_id: string
  /** What in the case it is about: the case itself, an inspection, a referral … */
  subject: string
  /** Tells apart the runs of one limit on one subject. */
  episode: number
  clock: string
  /** The same as the clock, by the name that facts have for it. */
  basis: string
  level: AlertLevel
  severity: number
  state: AlertState
  /** As it was when the alert was raised. */
  due: string
  /** In business time: the instant at which it became true. */
  raised_at: string
  recorded_at: string
  lateness_ms: number
  /** Why the rules brought it about, where they did; then why it is over. */
  reason: string | null
  /** How many levels it has climbed because nobody answered. */
  escalated: number
  /** Whether people have withdrawn it. */
  by_hand: boolean
  /** What the limit is called; null where the rules know it no more. */
  name: Both | null
  /** Of the limit, in its unit, below 0 where it is late; null where the card stands no more. */
  remaining: number | null
  unit: string | null
  /** Whether its clock stands still just now. */
  paused: boolean
  /** Whose it is; null where no fact has said so. */
  org_code: string | null
  org_name: string | null
  /** What the reader can do about it now. */
  actions: AlertAction[]
}

/** One thing that was done about an alert: what, when, by whom, and with which words. */
export interface AlertMoment {
  act: AlertAct
  at: string
  /** The account of whoever did it; `supervision` where the rules did. */
  by: string
  /** The note, or the reason. */
  words: string | null
  /** How high it has climbed with this. */
  to_level?: number | null
}

/** In which order alerts are listed; their ids tell apart those that are equal in it. */
export type AlertOrder = 'NEWEST' | 'DUE'

/** Alerts, newest first unless another order is asked for. */
export interface AlertPage {
  items: AlertLine[]
  next_cursor: string | null
}

/** A word to go with it. */
export interface AlertRemark {
  note?: string | null
}

/** What became of a yellow or red card: 未签收, 已升级, 已签收, 已解除, 已撤销. */
export type AlertState = 'ABSENT' | 'ACKNOWLEDGED' | 'ESCALATED' | 'RAISED' | 'RESOLVED' | 'REVOKED'

/** The process answers. */
export interface Alive {
  status?: string
}

/** What was received hour by hour, over the mean of the same weekday in four weeks. */
export interface Arrivals {
  hours: number[]
  comparison: number[]
}

/** What was said of a clock when the alert was raised. */
export interface AsRaised {
  due: string | null
  consumed: number
  remaining: number
  policy_version: string
  calendar_version: string
  sentence: Both
  causes: string[]
}

/** A lane that holds up cards: when they were due, not all was folded that lay in Kafka. */
export interface Behind {
  partition: number
  /** Null where nobody has found it complete yet. */
  complete_to: string | null
  /** How many deadlines have come and wait. */
  clocks: number
}

/** The same in both languages. */
export interface Both {
  'zh-CN': string
  en: string
}

/** A calendar, and the years whose notices it knows. */
export interface CalendarShown {
  version: string
  years: number[]
}

/** Alerts that stand of one limit, or in one organisation. */
export interface CardGroup {
  /** Of the row of the policy, or of the organisation; empty where no fact has said whose. */
  code: string
  name: Both | null
  levels: Record<string, number>
}

/** How many alerts stand, and where; the most first. */
export interface CardGroups {
  rules: CardGroup[]
  organisations: CardGroup[]
}

/** A yellow or red card as it stands. */
export interface CardLine {
  alert_id: string
  level: string
  basis: string
  state: string
  raised_on: string | null
}

/** A case with all that is known of it. */
export interface Case {
  case_no: string
  phase: Phase
  /** Whether something is left to do before it is closed. */
  open: boolean
  item_code: string | null
  item_name: string | null
  /** Who told of the receipt. */
  source: string
  window: string | null
  channel: string | null
  received_at: string | null
  /** The due day by clock; null while something keeps it open. */
  due: Record<string, string | null>
  /** What comes next of all that; null where nothing waits any more. */
  deadline: NextDeadline | null
  /** Whether one of its clocks stands still. */
  paused: boolean
  /** The worst alert that stands on it. */
  level: AlertLevel | null
  facts: number
  /** How many facts contradict it. */
  anomalies: number
  /** Whose it is; null where no fact has said so. */
  org_code: string | null
  org_name: string | null
  received_on: string | null
  accepted_on: string | null
  ended_on: string | null
  decision: string | null
  closed_on: string | null
  delivered_on: string | null
  terms: Terms | null
  holds: Hold[]
  extensions: Extended[]
  corrections: number
  returns: number
  subjects: SubjectLine[]
  cards: CardLine[]
  /** The ids of facts that contradict it or are doubted; the first ones. */
  anomalous: string[]
  /** The first of those that are doubted. */
  doubts?: Doubt[]
}

/** A case in one line of a list. */
export interface CaseLine {
  case_no: string
  phase: Phase
  /** Whether something is left to do before it is closed. */
  open: boolean
  item_code: string | null
  item_name: string | null
  /** Who told of the receipt. */
  source: string
  window: string | null
  channel: string | null
  received_at: string | null
  /** The due day by clock; null while something keeps it open. */
  due: Record<string, string | null>
  /** What comes next of all that; null where nothing waits any more. */
  deadline: NextDeadline | null
  /** Whether one of its clocks stands still. */
  paused: boolean
  /** The worst alert that stands on it. */
  level: AlertLevel | null
  facts: number
  /** How many facts contradict it. */
  anomalies: number
  /** Whose it is; null where no fact has said so. */
  org_code: string | null
  org_name: string | null
}

/** Cases, greatest number first. */
export interface CasePage {
  items: CaseLine[]
  next_cursor: string | null
}

/**
 * What is known of the deadlines of a case at one instant, and what made it.
 *
 * No person is named in it, and nothing in it leads to one but the number of the case.
 */
export interface Certificate {
  form: number
  case_no: string
  item_code: string
  item_name: string
  org_code: string
  /** Who has to answer for the case. */
  org_name: string
  phase: Phase
  /** As of when everything in it holds. */
  issued_at: string
  received_on: string | null
  accepted_on: string | null
  ended_on: string | null
  /** Until when, in one sentence. */
  answer: Both
  /** That a day in it may still move, and why; null where none may. */
  caution: Both | null
  /** Whose turn it is; null once the case has ended. */
  waits_for: ClockParty | null
  limits: CertifiedLimit[]
  /** The versions of the policy by which the limits are judged. */
  policies: string[]
  calendar: string
  /** Of the rules. */
  edition: number
  /** So many facts it rests on. */
  facts: number
  last_fact_at: string | null
}

/** One limit: until when, whether it runs, why, and what makes it run again. */
export interface CertifiedLimit {
  sla_id: string
  name: Both
  /** The law, or whose rule it is. */
  basis: Both
  /** Extensions included. */
  limit: number
  unit: string
  /** The day from which it counts, which does not count itself. */
  starts_on: string
  state: LimitState
  /** Null while it is stopped. */
  due: string | null
  /** The first instant at which it is too late. */
  due_at: string | null
  /** Whether the count enters a year whose notice has not appeared: the day may still move. */
  provisional: boolean
  /** Below 0 where it is late. */
  remaining: number
  ended_on: string | null
  stopped_since: string | null
  stopped_by: Both | null
  /** What lets it stand. */
  legal_basis: Both | null
  /** What makes it run again. */
  resumes: Both | null
  /** The whole count in one sentence. */
  sentence: Both
}

/** How a channel is. */
export interface ChannelLine {
  channel: string
  /** Null where it took what it was told last, or was never told anything. */
  failing_since: string | null
  /** The receiver's code, or why there was none; empty where it does not fail. */
  fault: string
  /** Whether it is told nothing more until somebody tests it. */
  closed: boolean
  /** Deliveries that are to be tried. */
  waiting: number
}

/** Which channel is tested. */
export interface ChannelNamed {
  channel: string
}

/** Every channel, by name. */
export interface ChannelPage {
  items: ChannelLine[]
  next_cursor: string | null
}

/** To which level; the next one, where nothing is said. */
export interface Climb {
  note?: string | null
  to_level?: number | null
}

/** What a day of a deadline is. */
export type ClockDayKind = 'after_due' | 'counted' | 'due' | 'holiday' | 'make_up' | 'start' | 'stopped' | 'weekend'

/** The deadlines of a case with everything that makes them, and who used up its time. */
export interface ClockPage {
  items: Explanation[]
  next_cursor: string | null
  /** Null where no case is known. */
  matter?: Elapsed | null
}

/** Whose time it is (用时方): who has to act so that the work goes on. */
export type ClockParty = 'APPLICANT' | 'BUREAU' | 'COMMITTEE' | 'THIRD_PARTY'

/** Days on which the clock ran, or stood, the first and the last included. */
export interface ClockSpan {
  from: string
  /** Null where it goes on. */
  to: string | null
  running: boolean
  /** Why it stood. */
  reason: string | null
  legal_basis: string | null
  /** The fact with which the days began. */
  event_id: string | null
}

/** Up to when the figures are complete, and what waits where. */
export interface Completeness {
  as_of: string
  /** Null where nothing was ever folded. */
  complete_to: string | null
  lag_seconds: number
  rebuilding: Rebuild | null
  partitions: PartitionProgress[]
  outboxes: OutboxLag[]
  behind: Behind[]
  clocks: DeadClocks
}

/** What a consumer does. */
export type Condition = 'joining' | 'reading' | 'waiting' | 'away'

/** As what people report a figure that no system tells. */
export interface CountedAs {
  indicator: string
  part: string
}

/** A case that a figure counts. */
export interface CountedCase {
  case_no: string
  phase: Phase
  /** Whether something is left to do before it is closed. */
  open: boolean
  item_code: string | null
  item_name: string | null
  /** Who told of the receipt. */
  source: string
  window: string | null
  channel: string | null
  received_at: string | null
  /** The due day by clock; null while something keeps it open. */
  due: Record<string, string | null>
  /** What comes next of all that; null where nothing waits any more. */
  deadline: NextDeadline | null
  /** Whether one of its clocks stands still. */
  paused: boolean
  /** The worst alert that stands on it. */
  level: AlertLevel | null
  facts: number
  /** How many facts contradict it. */
  anomalies: number
  /** Whose it is; null where no fact has said so. */
  org_code: string | null
  org_name: string | null
  /** On which it counts. */
  day: string
  /** What it adds, by part. */
  adds: Record<string, number>
}

/** The rounds in which every clock is looked at that runs, whether it is armed. */
export interface DeadClocks {
  /** When every dossier had been looked at last; null before the end of the first round. */
  went_round_at: string | null
  /** Clocks that were not armed in time, ever; each was armed when it was found. */
  found: number
}

/** One day of a deadline: whether it counts, and why. */
export interface DeadlineDay {
  date: string
  counted: boolean
  /** The kind and what it follows from, for programs. */
  why: string
  kind: ClockDayKind
  /** The article that makes it what it is, in the reader's language. */
  law: string | null
  /** The holiday that it belongs to or makes up for. */
  name?: string | null
  /** The reason of the hold that stopped the clock. */
  ground?: string | null
  /** The fact that made it what it is, where one did. */
  event_id?: string | null
  /** Whether the calendar makes it a working day. */
  worked?: boolean | null
}

/** One message to one channel. */
export interface DeliveryLine {
  /** Under this a receiver knows a repetition. */
  delivery_id: string
  channel: string
  state: DeliveryState
  /** So many cards, or other things, it tells of. */
  notifications: number
  made_at: string
  tries: number
  tried_at: string | null
  sent_at: string | null
  /** The receiver's code, or why there was none; empty before the first try. */
  answer: string
}

/** Deliveries, newest first. */
export interface DeliveryPage {
  items: DeliveryLine[]
  next_cursor: string | null
}

/** How a delivery stands. */
export type DeliveryState = 'GIVEN_UP' | 'SENT' | 'WAITING'

/** What has changed: each part replaces the one that is known. */
export interface Delta {
  as_of?: string
  complete_to?: string | null
  lag_seconds?: number
  rebuilding?: Rebuild | null
  demo?: boolean
  tiles?: Tile[]
  now?: Record<string, number | null>
  late_next?: LateNext[]
  red?: RedCard[]
  arrivals?: Arrivals
  latest?: LatestFact[]
}

/** A fact that another system has told, and that moves nothing unless somebody confirms it. */
export interface Doubt {
  fact_id: string
  fact_source: string
  /** Who told it, as registered. */
  publisher: string | null
  reason: DoubtReason
}

/** From when until before when we learned of what is doubted, and why. */
export interface DoubtForm {
  since: string
  until: string
  reason: string
}

/** How far the search is. */
export interface DoubtProgress {
  /** Of the cases. */
  done: number
  of: number
}

/** What is held against a fact that another system has told (存疑理由). */
export type DoubtReason = 'BACKDATED' | 'FOREIGN' | 'REJECTED'

/** One edition: what it changed, when and by whom. */
export interface EditionShown {
  edition: number
  type: string
  published_at: string
  published_by: string | null
  change: Record<string, unknown>
}

/** How long a case took or has taken, in working days, and whose they were. */
export interface Elapsed {
  /** The day of the receipt, which does not count itself. */
  since: string
  /** The day of its end, or the one on which this was asked. */
  until: string
  ended: boolean
  elapsed: number
  /** What elapsed adds up to the whole. */
  used: PartyTime[]
}

/** Working days of the cases that ended in some days, and whose they were. */
export interface ElapsedOf {
  /** The value of the dimension; empty where no fact names one. */
  key: string
  elapsed: number
  /** What elapsed adds up to the whole. */
  used: PartyTime[]
}

/** Who used up the time, by one dimension, the most first. */
export interface ElapsedPage {
  items: ElapsedOf[]
  next_cursor: string | null
  since: string
  until: string
  by: string
  /** Of all values of the dimension, those that are not listed included. */
  whole: ElapsedOf
}

/** An alert that was sent up, how high it is, and the fact that says so. */
export interface Escalated {
  alert_id: string
  state: AlertState
  escalated: number
  event_id: string
}

/**
 * All that a person, or another program, needs to find a due date again.
 *
 * Alerts keep the one that they were raised with.
 */
export interface Explanation {
  subject: string
  sla_id: string
  /** The name of the clock: committed, statutory … */
  clock: string
  policy_version: string
  calendar_version: string
  /** Extensions included. */
  limit: number
  unit: string
  /** The fact that started the clock. */
  started_by: string
  starts_on: string
  /** Null while something keeps it open. */
  due: string | null
  /** Whether the count enters a year whose notice has not appeared. */
  provisional: boolean
  extensions: Extension[]
  /** Running and stopped by turns. */
  stretches: ClockSpan[]
  days: DeadlineDay[]
  consumed: number
  /** Below 0 where it is late. */
  remaining: number
  ended_on: string | null
  /** Of the alert that is explained; null where none stands. */
  level: AlertLevel | null
  raised_at: string | null
  /** How much later than its instant the alert was said. */
  lateness_ms: number | null
  /** The facts that made the clock, in the order in which they acted on it. */
  causes: string[]
  sentence: Both
  /** Tells apart the runs of one limit on one subject. */
  episode?: number
  /** What the limit is called. */
  name?: Both | null
  /** The first instant at which the limit was near. */
  near_at?: string | null
  /** The first instant at which it is late. */
  due_at?: string | null
  /** Null in what was explained before that was kept. */
  measured?: Measured | null
  /** Whose time it was; what counted adds up to what is consumed. Empty in what alerts keep. */
  used?: PartyTime[]
}

/** An extension as it was approved, whether or not it came in time to count. */
export interface Extended {
  approved_on: string
  days: number
  approved_by: string
}

/** Days that the head of the agency added to a limit. */
export interface Extension {
  on: string
  days: number
  event_id: string
}

/** Until when an item would be done that is handed in complete at one instant. */
export interface FiledItem {
  item_code: string
  item_name: string
  filed_at: string
  received_on: string
  promised: PromisedTerms
  /** Until when the bureau says whether it accepts. */
  acceptance: Explanation
  /** What is promised and what the law allows, where it accepts on the day of the receipt. */
  accepted_at_once: Explanation[]
  /** The same where it accepts on the last day that it has. */
  accepted_at_the_latest: Explanation[]
}

/** A stretch in which some clocks stand still. */
export interface Hold {
  hold_id: string
  reason: string
  basis: string
  pauses: string[]
  opened_on: string
  opened_by: string
  closed_on: string | null
  closed_by: string | null
}

/** What was said of a fact, on record. */
export interface Judged {
  case_no: string
  fact_id: string
  fact_source: string
  believed: boolean
  event_id: string
}

/** Which fact, whether it is true, and why somebody says so. */
export interface JudgementForm {
  fact_id: string
  fact_source: string
  believed: boolean
  reason: string
}

/** The cases that a figure counts. */
export interface KpiCasePage {
  items: CountedCase[]
  next_cursor: string | null
}

/** A figure day by day, and by each dimension. */
export interface KpiCourse {
  /** Null where there is nothing to divide by. */
  value: number | null
  numerator: number
  denominator: number | null
  /** Whether there were enough to judge by. */
  sample_ok: boolean
  /** What is within its limit and may still come in time. */
  pending: number | null
  /** The colour by the figure's own rules; null where it is as it should be, or too few. */
  level: AlertLevel | null
  kpi_id: string
  /** The item of the plan that it belongs to; null for what only runs the bureau. */
  item: number | null
  name: Both
  unit: string
  formula: string
  /** Whether it counts everything up to a day. */
  gauge: boolean
  target: KpiTarget | null
  /** Null where it does. */
  since: string | null
  until: string
  quantiles: Quantiles | null
  /** What it sums, by the names of its parts. */
  parts: Record<string, number>
  series: KpiDay[]
  /** By dimension, largest first. */
  by: Record<string, KpiKey[]>
  /** Of a figure of the systems that tell us, each of them; of any other none. */
  sources: KpiSource[]
}

/** What a figure came to on one day. */
export interface KpiDay {
  /** Null where there is nothing to divide by. */
  value: number | null
  numerator: number
  denominator: number | null
  /** Whether there were enough to judge by. */
  sample_ok: boolean
  /** What is within its limit and may still come in time. */
  pending: number | null
  /** The colour by the figure's own rules; null where it is as it should be, or too few. */
  level: AlertLevel | null
  day: string
}

/** What a figure comes to for one value of a dimension. */
export interface KpiKey {
  /** Null where there is nothing to divide by. */
  value: number | null
  numerator: number
  denominator: number | null
  /** Whether there were enough to judge by. */
  sample_ok: boolean
  /** What is within its limit and may still come in time. */
  pending: number | null
  /** The colour by the figure's own rules; null where it is as it should be, or too few. */
  level: AlertLevel | null
  key: string
}

/** A figure with its value over the days that were asked for. */
export interface KpiLine {
  /** Null where there is nothing to divide by. */
  value: number | null
  numerator: number
  denominator: number | null
  /** Whether there were enough to judge by. */
  sample_ok: boolean
  /** What is within its limit and may still come in time. */
  pending: number | null
  /** The colour by the figure's own rules; null where it is as it should be, or too few. */
  level: AlertLevel | null
  kpi_id: string
  /** The item of the plan that it belongs to; null for what only runs the bureau. */
  item: number | null
  name: Both
  unit: string
  formula: string
  /** Whether it counts everything up to a day. */
  gauge: boolean
  target: KpiTarget | null
  /** Null where it does. */
  since: string | null
  until: string
}

/** Every figure. */
export interface KpiPage {
  items: KpiLine[]
  next_cursor: string | null
}

/** What a figure comes to for one publisher of the register. */
export interface KpiSource {
  /** Null where there is nothing to divide by. */
  value: number | null
  numerator: number
  denominator: number | null
  /** Whether there were enough to judge by. */
  sample_ok: boolean
  /** What is within its limit and may still come in time. */
  pending: number | null
  /** The colour by the figure's own rules; null where it is as it should be, or too few. */
  level: AlertLevel | null
  publisher: string
  name: string
  /** When we last learned something from it; null where we never did. */
  heard_at: string | null
}

/** What is aimed at, and who says so; *trend* where only the direction is. */
export interface KpiTarget {
  origin: string
  at_least: number | null
  at_most: number | null
  trend: string | null
  /** Whether *at_least* is for a whole year. */
  yearly: boolean
}

/** A clock that can still be saved. */
export interface LateNext {
  case_no: string
  item_code: string
  item_name: string
  clock: string
  sla_id: string
  due: string | null
  /** Days that count after today until it is due. */
  days_left: number
  /** By the minute: to the second it would change all the time. */
  seconds_left: number | null
  level: AlertLevel | null
  limit: number
  unit: string
  consumed: number
  /** Days that would have counted, had nothing stopped the clock. */
  stopped_days: number
  provisional: boolean
  paused: boolean
}

/** One of the facts that were folded last. */
export interface LatestFact {
  time: string
  type: string
  /** Null where it belongs to no case. */
  case_no: string | null
  item_name: string | null
  activity: string | null
}

/** How a limit stands. */
export type LimitState = 'ENDED' | 'RUNNING' | 'STOPPED'

/** What a limit is counted in: working days (工作日) or natural days (自然日). */
export type LimitUnit = 'WD' | 'ND'

/** What the limit is measured with; with the stretches and the days it is all there is to it. */
export interface Measured {
  /**
   * As the row has it.
   *
   * Working days (WD), natural days (ND), hall hours (HH), until the hall closes (DH), until a
   * day or an instant that somebody named (AT), at once (AO).
   */
  unit: string
  started_at: string
  /** When the clock stopped for good. */
  ended_at: string | null
  /** As of then is told what is consumed and what remains. */
  seen_at: string
  /** The day or the instant that somebody named. */
  until: string | null
  /** The last moment of a due day. */
  cut_off: string
  hall: OpenHours[]
  near: Near | null
  /** The years of the count whose notice has not appeared. */
  unpublished: number[]
}

/** A run under two editions; no day while it stands still, or where it is no more. */
export interface MovedRun {
  dossier: string
  sla: string
  started_on: string
  due_before: string | null
  due_after: string | null
  provisional_before: boolean
  provisional_after: boolean
  cards_raised: number
  cards_revoked: number
}

/** When the row calls the limit near (临期): what it says of it, and no more. */
export interface Near {
  by: string
  fraction?: string | null
  days_min?: number | null
  days_max?: number | null
  zero_upto?: number | null
  limit_min?: number | null
  days?: number | null
  /** From when on the day. */
  at?: string | null
  hours?: number | null
  /** What was left at the start of the limit within which it has to fit. */
  others?: number | null
}

/** Of the limits that wait for somebody the one that is due first. */
export interface NextDeadline {
  sla_id: string
  /** What the limit is called. */
  name: Both
  clock: string
  /** Null while something keeps it open. */
  due: string | null
  /** The first instant at which it is late. */
  due_at: string | null
  /** In its unit, below 0 where it is late. */
  remaining: number
  unit: string
  paused: boolean
  provisional: boolean
}

/** Requests cannot be served just now. */
export interface NotServing {
  status: string
  consumers?: PulseReport[]
}

/** A State Council notice in the form of holiday-cn; what else it says is not read. */
export interface NoticeForm {
  year: number
  papers?: string[]
  days: Record<string, unknown>[]
}

/** From when to when the hall is open on a working day. */
export interface OpenHours {
  opens: string
  closes: string
}

/** An order, for whom it is, by when an answer is due, and the answer. */
export interface OrderLine {
  order_id: string
  /** The alert that it is about, where it is about one. */
  alert_id: string | null
  case_no: string | null
  org_code: string
  org_name: string
  state: OrderState
  content: string
  issued_at: string
  issued_by: string
  /** The last day on which an answer is in time; null for the moment before it is reckoned. */
  due: string | null
  /** Whether that day is over, and nobody has answered. */
  overdue: boolean
  reply: string | null
  answered_at: string | null
  answered_by: string | null
}

/** Orders, newest first. */
export interface OrderPage {
  items: OrderLine[]
  next_cursor: string | null
}

/** Where an order stands: 未反馈, 已反馈. */
export type OrderState = 'ABSENT' | 'ANSWERED' | 'ISSUED'

/** An organisation, and how many cases are open in it. */
export interface OrganisationLine {
  /** Empty where no fact has said whose they are. */
  code: string
  name: Both | null
  open: number
}

/** Where cases are open; the most first. */
export interface OrganisationPage {
  items: OrganisationLine[]
  next_cursor: string | null
}

/** How late the relay of one owner is. */
export interface OutboxLag {
  owner: string
  lag_seconds: number
}

/** A case of the reader's own, and what the reader has done about it. */
export interface OwnCase {
  case_no: string
  phase: Phase
  /** Whether something is left to do before it is closed. */
  open: boolean
  item_code: string | null
  item_name: string | null
  /** Who told of the receipt. */
  source: string
  window: string | null
  channel: string | null
  received_at: string | null
  /** The due day by clock; null while something keeps it open. */
  due: Record<string, string | null>
  /** What comes next of all that; null where nothing waits any more. */
  deadline: NextDeadline | null
  /** Whether one of its clocks stands still. */
  paused: boolean
  /** The worst alert that stands on it. */
  level: AlertLevel | null
  facts: number
  /** How many facts contradict it. */
  anomalies: number
  /** Whose it is; null where no fact has said so. */
  org_code: string | null
  org_name: string | null
  /** When the reader's account last did something, or was given a step; null for never. */
  acted_at: string | null
  /** The type of that fact. */
  acted: string | null
}

/** Cases of the reader's own, greatest number first. */
export interface OwnCasePage {
  items: OwnCase[]
  next_cursor: string | null
}

/** How far one partition is folded. */
export interface PartitionProgress {
  topic: string
  partition: number
  next_offset: number
  /** Records that nobody has folded yet. */
  waiting: number
  /** The business time of the latest fact. */
  complete_to: string | null
  checked_at: string
  lag_seconds: number
}

/** Whose time it was, in whole units of the clock. */
export interface PartyTime {
  party: ClockParty
  /** What passed while it was this party's turn, whether or not the clock ran. */
  elapsed: number
  /** What of it counted against the limit. */
  counted: number
}

/** The exclusive state of a case. */
export type Phase = 'ABSENT' | 'ACCEPTED' | 'ARCHIVED' | 'CLOSED' | 'CORRECTION_PENDING' | 'DECIDED' | 'DELIVERED' | 'EXAMINING' | 'NOT_ACCEPTED' | 'PRECHECKED' | 'REVOKED' | 'SUBMITTED' | 'TERMINATED' | 'WITHDRAWN'

/** A figure of an item since the year began; its *level* is also that of its pace. */
export interface PlanFigure {
  /** Null where there is nothing to divide by. */
  value: number | null
  numerator: number
  denominator: number | null
  /** Whether there were enough to judge by. */
  sample_ok: boolean
  /** What is within its limit and may still come in time. */
  pending: number | null
  /** The colour by the figure's own rules; null where it is as it should be, or too few. */
  level: AlertLevel | null
  kpi_id: string
  /** The item of the plan that it belongs to; null for what only runs the bureau. */
  item: number | null
  name: Both
  unit: string
  formula: string
  /** Whether it counts everything up to a day. */
  gauge: boolean
  target: KpiTarget | null
  /** Null where it does. */
  since: string | null
  until: string
  /** What a count for the whole year should have come to by now; null of all others. */
  expected: number | null
  /** Null of what systems tell. */
  counted_as: CountedAs | null
}

/** One item of the plan. */
export interface PlanItem {
  item: number
  name: Both
  group: string
  group_name: Both
  /** The worst of its figures and targets; null where all is well, or there are none. */
  level: AlertLevel | null
  /** Those that are measured; none of an item that no fact tells of yet. */
  figures: PlanFigure[]
  /** The bureau's own that are due in the year, the first one first. */
  targets: TargetLine[]
}

/** Every item in its order, and the days that were counted. */
export interface PlanPage {
  items: PlanItem[]
  next_cursor: string | null
  since: string
  until: string
  /** Whether the reader may report what people count. */
  reports?: boolean
  /** Whether the reader may set targets of the bureau's own. */
  sets_targets?: boolean
}

/** A policy, whole, and the day from which what begins is judged by it. */
export interface PolicyForm {
  effective_from: string
  document: Record<string, unknown>
}

/** A policy, and from which day it is in force; none for the one that is shipped. */
export interface PolicyShown {
  effective_from: string | null
  version: string
  document: Record<string, unknown>
}

/** An answer that is no success (RFC 9457). */
export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  code: string
  trace_id: string
  field?: string | null
  errors?: Record<string, string>[] | null
}

/** What was promised for an item when a case of it was accepted last. */
export interface PromisedTerms {
  committed_limit: number
  committed_unit: string
  statutory_limit: number
  statutory_unit: string
  /** Of that case: whoever has changed the item's guide since has promised otherwise. */
  accepted_on: string
}

/** Somebody asks that the alert be withdrawn, and another person has yet to agree. */
export interface Proposal {
  by: string
  at: string
  reason: string
  /** Who was asked, where it is one person. */
  approver: string | null
}

/** What was told in that time, and what became of it. */
export interface PublisherDoubted {
  publisher_id: string
  since: string
  /** The interval, without its end. */
  until: string
  preview: boolean
  cases: number
  facts: number
  /** Those of which nobody has said anything: they are not believed now, or would not be. */
  rejected: number
  /** Those of which somebody has said something: they stay as that person said. */
  judged: number
  /** The first ones. */
  examples: SuspectFact[]
}

/** Who may speak, from which sources, of which types; the key is a JWK, its public half. */
export interface PublisherForm {
  publisher_id: string
  name: string
  sources: string[]
  types: string[]
  key?: Record<string, unknown> | null
  others?: string[]
  backdates?: number | string
}

/** Who may speak, from which sources, of which types. */
export interface PublisherShown {
  publisher_id: string
  name: string
  sources: string[]
  types: string[]
  /** By which what it says can be checked: a JWK, the public half. */
  key: Record<string, string> | null
  /** The types that are believed of it about subjects that another has founded. */
  others: string[]
  /** In working days, how far back its word reaches; null is any day. */
  backdates: number | null
}

/** What a probe tells of one consumer. */
export interface PulseReport {
  group: string
  condition: Condition
  since: string
  fault: string | null
  held: string[]
  waiting: number
  still_seconds: number
}

/** Percentiles of a histogram of days. */
export interface Quantiles {
  p50: number
  p90: number
}

/** How far the projection is that will take the place of the one that is shown. */
export interface Rebuild {
  facts: number
  /** Null where nobody has begun. */
  facts_expected: number | null
}

/** A clock that is late, and why. */
export interface RedCard {
  alert_id: string
  case_no: string
  item_name: string
  level: AlertLevel
  severity: number
  basis: string
  due: string
  overdue_days: number
  raised_at: string
  sentence: Both
  state: AlertState
}

/** What somebody has reported of the plan, as it was corrected last. */
export interface ReportLine {
  /** By which it can be corrected. */
  report: string
  indicator: string
  part: string
  quantity: number
  on: string
  org_code: string
  /** The target that it brings nearer, if it was made against one. */
  target?: string | null
}

/** Reports, the last day first. */
export interface ReportPage {
  items: ReportLine[]
  next_cursor: string | null
}

/** An alert that was withdrawn, or is to be once a second person agrees. */
export interface Revoked {
  alert_id: string
  state: AlertState
  /** Whether it waits for somebody else, and still stands. */
  proposed: boolean
  event_id: string
}

/** What an edition changes. */
export interface RulesChanged {
  edition: number
  /** Those that a notice settles. */
  years: number[]
  /** False where the rules say so already. */
  new: boolean
  preview: boolean
  /** Whether it is published when another person hands in the same. */
  proposed: boolean
  /** Whether every lane has judged anew what it changes. */
  folded: boolean
  runs_moved: number
  /** Provisional no longer. */
  runs_settled: number
  cards_raised: number
  cards_revoked: number
  figures_changed: number
  figures: string[]
  examples: MovedRun[]
}

/** How far a change of the rules is. */
export interface RulesProgress {
  /** Every case is judged under both editions, then every lane folds what was published. */
  stage: Stage
  /** Of the cases, or of the lanes. */
  done: number
  of: number
}

/** The rules as one edition has them, and every edition that there was. */
export interface RulesShown {
  edition: number
  newest: number
  /** How many have yet to judge anew what the newest edition changes. */
  lanes_behind: number
  calendar: CalendarShown
  policies: PolicyShown[]
  publishers: PublisherShown[]
  editions: EditionShown[]
}

/** A fact that a publisher told, and what became of it. */
export interface SentFact {
  specversion: string
  id: string
  source: string
  type: string
  subject?: string | null
  /** When it happened. */
  time: string
  /** When we learned of it. */
  recordedtime?: string | null
  datacontenttype?: string | null
  dataschema?: string | null
  partitionkey: string
  sequence?: string | null
  correlationid?: string | null
  causationid?: string | null
  districtcode?: string | null
  siteid?: string | null
  windowid?: string | null
  actorid?: string | null
  actorrole?: string | null
  datalevel?: string | null
  traceparent?: string | null
  /** The name that an imported log gave to it. */
  activity?: string | null
  /** True where an import made it from an attribute of the case. */
  derived?: boolean | null
  /** Whose word it is, as registered; its actor is one of theirs and none of us. */
  publisher?: string | null
  data?: Record<string, unknown> | null
  /** So many working days after the day on which it happened we learned of it, if any. */
  late_days?: number | null
  /** Why it moves nothing, if it does not. */
  doubt?: DoubtReason | null
  /** What contradicts the case or is held against the fact, in the reader's language. */
  anomaly: string | null
  /**
   * Counted; or kept although it contradicts the case; or moving nothing, because it is doubted or
   * because somebody has looked into it and does not believe it.
   */
  outcome: 'CONTRADICTS' | 'COUNTED' | 'DOUBTED' | 'REJECTED'
}

/** What a publisher told: the greatest case number first, of each case the oldest news first. */
export interface SentPage {
  items: SentFact[]
  next_cursor: string | null
}

/** Requests can be served; nobody is named who has nothing to tell. */
export interface Serving {
  status: 'ready' | 'degraded'
  behind?: string[]
  consumers?: PulseReport[]
}

/** Who is signed in, and what there is to see for them. */
export interface SessionShown {
  as_of: string
  /** Null where nothing was ever folded. */
  complete_to: string | null
  lag_seconds: number
  rebuilding: Rebuild | null
  /** Whether the bureau is a made-up one. */
  demo: boolean
  principal: Viewer
  /** In the order in which they are offered; the first is where the reader begins. */
  pages: ('alerts' | 'cases' | 'mine' | 'operations' | 'plan' | 'today')[]
  /** What else there is on these pages for the reader. */
  parts: ('channels' | 'tries')[]
}

/** A statement, and the signature by which anybody can check it without asking. */
export interface SignedCertificate {
  certificate: Certificate
  /** The statement, signed (a compact JWS); null where no key is set up, and nothing proves it. */
  jws: string | null
  /** The name of the key that has signed it. */
  kid: string | null
}

/** The first event of a stream: the picture, and for whom it is. */
export interface Snapshot {
  as_of: string
  /** Null where nothing was ever folded. */
  complete_to: string | null
  lag_seconds: number
  rebuilding: Rebuild | null
  /** Whether the bureau is a made-up one. */
  demo: boolean
  /** In the order in which they are shown. */
  tiles: Tile[]
  /** Their numbers by name, and some more; null where there is nothing to divide by. */
  now: Record<string, number | null>
  late_next: LateNext[]
  red: RedCard[]
  arrivals: Arrivals
  latest: LatestFact[]
  principal: Viewer
}

/** What takes long when the rules change. */
export type Stage = 'FOLDING' | 'FORESEEING'

/** An inspection, a referral, a rating or whatever else stands beside the case. */
export interface SubjectLine {
  kind: string
  name: string
  state: string
  opened_on: string | null
  done_on: string | null
}

/** A fact that the publisher told in that time. */
export interface SuspectFact {
  case_no: string
  fact_id: string
  fact_source: string
  type: string
  recorded_at: string
  /** What somebody has said of it before; null where nobody has. */
  believed: boolean | null
}

/** What a command came to: the subject's stream, its version now, and the facts added. */
export interface Taken {
  subject: string
  stream: string
  version: number
  event_ids: string[]
}

/** A target of the bureau's own, and what was reported against it. */
export interface TargetLine {
  /** By which it is set anew, and which a report against it names. */
  target: string
  item: number
  name: string
  /** In the bureau's own words. */
  unit: string
  value: number
  due: string
  reported: number
  /** What should have been reported by now: whole pieces before its day, all of it then. */
  expected: number
  /** When what was reported came to the whole; null before. */
  reached_on: string | null
  /** The colour of its pace; null where it is as it should be. */
  level: AlertLevel | null
  org_code: string
}

/** Targets of a year, those due last first. */
export interface TargetPage {
  items: TargetLine[]
  next_cursor: string | null
}

/** What was promised when the case was accepted. */
export interface Terms {
  effective_on: string
  accepted_by: string
  statutory_limit: number
  statutory_unit: string
  committed_limit: number
  committed_unit: string
}

/** A figure on the page: what it is called, how it stands, and where its cases are listed. */
export interface Tile {
  /** Of its number in `now`. */
  name: string
  /** Whether it says what is so at this moment, or what the day has brought. */
  group: 'day' | 'standing'
  title: Both
  /** What is to be said beside the number. */
  note: Both | null
  /** Null where the catalogue has no such figure. */
  kpi_id: string | null
  unit: string
  /** The colour of the number; null where it is as it should be. */
  level: AlertLevel | null
  /** The path under which what stands behind it is listed, page by page. */
  cases: string
}

/**
 * A fact of a case, as it was published.
 *
 * Of a type that this version does not know only the attributes are told.
 */
export interface TimelineFact {
  specversion: string
  id: string
  source: string
  type: string
  subject?: string | null
  /** When it happened. */
  time: string
  /** When we learned of it. */
  recordedtime?: string | null
  datacontenttype?: string | null
  dataschema?: string | null
  partitionkey: string
  sequence?: string | null
  correlationid?: string | null
  causationid?: string | null
  districtcode?: string | null
  siteid?: string | null
  windowid?: string | null
  actorid?: string | null
  actorrole?: string | null
  datalevel?: string | null
  traceparent?: string | null
  /** The name that an imported log gave to it. */
  activity?: string | null
  /** True where an import made it from an attribute of the case. */
  derived?: boolean | null
  /** Whose word it is, as registered; its actor is one of theirs and none of us. */
  publisher?: string | null
  data?: Record<string, unknown> | null
  /** So many working days after the day on which it happened we learned of it, if any. */
  late_days?: number | null
  /** Why it moves nothing, if it does not. */
  doubt?: DoubtReason | null
  /** What contradicts the case or is held against the fact, in the reader's language. */
  anomaly: string | null
}

/** Every fact of a case in the order of business time. */
export interface TimelinePage {
  items: TimelineFact[]
  next_cursor: string | null
}

/** Who reads. */
export interface Viewer {
  name: string
  role: string
  /** Whose day is shown, where it is not the whole bureau's. */
  org_name?: string | null
}

/** Why a card is to be withdrawn, and who is asked to agree. */
export interface Withdrawal {
  reason?: string | null
  approved_by?: string | null
}

/** A limit that runs until somebody has acted. */
export interface WorkLine {
  /** Null where it belongs to no case. */
  case_no: string | null
  /** Under which everything about it is told: its case's, or its own. */
  number: string
  item_name: string | null
  /** Its kind. */
  subject: string
  name: string
  /** Where the subject stands in its course. */
  state: string
  sla_id: string
  limit_name: Both
  clock: string
  due: string | null
  due_at: string
  /** Days that count after today until it is due. */
  days_left: number
  /** Of the limit, in its unit, below 0 where it is late. */
  remaining: number
  unit: string
  /** Red once it is past, yellow while it is near. */
  level: AlertLevel | null
  provisional: boolean
  /** Whose it is; null where no fact has said so. */
  org_code: string | null
  org_name: string | null
}

/** What waits for the reader, the most urgent first. */
export interface WorkPage {
  items: WorkLine[]
  next_cursor: string | null
}
