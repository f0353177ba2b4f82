/** Which figures of the page lead to cases, and where the service lists those. */
const TODAYS = {
  received_today: 'L03.received',
  accepted_today: 'L03.accepted',
  decided_today: 'L03.decided',
  closed_today: 'L03.closed',
  referrals_today: 'K10.1.referred',
  inspections_today: 'K24.5.concluded',
  ratings_today: 'K12.3.posted',
  rectifications_closed_today: 'K12.1.closed',
}

const OTHERS = {
  open: (_: string) => '/v1/kpis/L01/cases?',
  due_today: (day: string) => `/v1/cases?due=${day}&`,
  yellow: (_: string) => '/v1/alerts?level=YELLOW&',
  red: (_: string) => '/v1/alerts?level=RED&',
}

export type Figure = keyof typeof TODAYS | keyof typeof OTHERS

export function isFigure(name: string): name is Figure {
  return name in TODAYS || name in OTHERS
}

/** Where the cases behind *figure* on *day* are listed, open at its end for more parameters. */
export function sourceOf(figure: Figure, day: string): string {
  if (figure in OTHERS) return OTHERS[figure as keyof typeof OTHERS](day)
  return `/v1/kpis/${TODAYS[figure as keyof typeof TODAYS]}/cases?from=${day}&to=${day}&`
}
