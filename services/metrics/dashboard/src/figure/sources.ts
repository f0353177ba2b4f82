/** Which figures of the page lead to cases, and where the service lists those. */
import type { Now } from '@/picture/types'

export type Figure = Exclude<keyof Now, 'red_statutory'>

const TODAYS: Partial<Record<Figure, string>> = {
  received_today: 'L03.received',
  accepted_today: 'L03.accepted',
  decided_today: 'L03.decided',
  closed_today: 'L03.closed',
  referrals_today: 'K10.1.referred',
  inspections_today: 'K24.5.concluded',
  ratings_today: 'K12.3.posted',
  rectifications_closed_today: 'K12.1.closed',
}

const OTHERS: Partial<Record<Figure, (day: string) => string>> = {
  open: () => '/v1/kpis/L01/cases?',
  due_today: (day) => `/v1/cases?due=${day}&`,
  yellow: () => '/v1/alerts?level=YELLOW&',
  red: () => '/v1/alerts?level=RED&',
}

export function isFigure(name: string): name is Figure {
  return name in TODAYS || name in OTHERS
}

/** Where the cases behind *figure* on *day* are listed, open at its end for more parameters. */
export function sourceOf(figure: Figure, day: string): string {
  const other = OTHERS[figure]
  return other ? other(day) : `/v1/kpis/${TODAYS[figure]}/cases?from=${day}&to=${day}&`
}
