/** What the published language's codes are called; the catalogue is the one that every service and the command read. */
import { useI18n } from 'vue-i18n'

import facts from '@names/facts.json'
import words from '@names/words.json'
import { language, type Language } from './preferences'

type Names = Record<string, Record<Language, string>>

const WORDS: Record<string, Names> = words
const FACTS: Names = facts
const STEM = /^casetrack\.(.+)\.v\d+$/

/** The vocabulary in which each kind of subject says where it stands. */
const STATES: Record<string, string> = {
  case: 'Phase',
  inspection: 'InspectionState',
  referral: 'ReferralState',
  meeting: 'MeetingState',
  commitment: 'CommitmentState',
  invitation: 'InvitationState',
  review: 'RatingState',
  rectification: 'RectificationState',
  assist: 'TaskState',
  ticket: 'TicketState',
  matter: 'MatterState',
  joint: 'JointCaseState',
  xregion: 'CrossRegionState',
  itemchange: 'ItemChangeState',
  gradinglist: 'GradingListState',
  committeerules: 'CommitteeRulesState',
  itemlist: 'ItemListState',
  stationing: 'StationingState',
  appointment: 'AppointmentState',
  visit: 'VisitState',
  tooluse: 'ToolUseState',
  complaint: 'ComplaintState',
  scene: 'SceneState',
  site: 'SiteState',
  walkthrough: 'WalkthroughState',
  problem: 'ProblemState',
  project: 'ProjectState',
  agent: 'AgentState',
  servicelist: 'ServiceListState',
  outreach: 'OutreachState',
  need: 'NeedState',
  agency: 'AgencyState',
  engagement: 'EngagementState',
  benefit: 'BenefitState',
  policy: 'PolicyItemState',
  report: 'ReportState',
  target: 'TargetState',
}

/** The phases in which a case is listed, and the ways on which one comes. */
export const PHASES = Object.keys(WORDS.Phase ?? {}).filter((phase) => phase !== 'ABSENT')
export const CHANNELS = Object.keys(WORDS.Channel ?? {})

/** A code that nobody has named speaks for itself. */
function called(vocabulary: string, code: string): string {
  return WORDS[vocabulary]?.[code]?.[language.value] ?? code
}

export function useNames() {
  const { t, te } = useI18n()

  return {
    /** casetrack.intake.application.received.v1 in words. */
    fact: (type: string): string => {
      const stem = STEM.exec(type)?.[1] ?? type
      return FACTS[stem]?.[language.value] ?? type
    },
    clock: (code: string): string => called('ClockName', code),
    clockShort: (code: string): string => {
      const key = `clock_short.${code}`
      return te(key) ? t(key) : called('ClockName', code)
    },
    holdReason: (code: string): string => called('HoldReason', code),
    holdBasis: (code: string): string => called('HoldBasis', code),
    basis: (code: string): string => called('AlertBasis', code),
    cardState: (code: string): string => called('AlertState', code),
    orderState: (code: string): string => called('OrderState', code),
    level: (code: string): string => called('AlertLevel', code),
    phase: (code: string): string => called('Phase', code),
    channel: (code: string): string => called('Channel', code),
    decision: (code: string): string => called('Decision', code),
    /** Where what stands beside a case is in its course. */
    subjectState: (kind: string, code: string): string => called(STATES[kind] ?? '', code),
    party: (code: string): string => called('ClockParty', code),
    doubt: (code: string): string => called('DoubtReason', code),
    role: (code: string): string => called('Role', code),
  }
}
