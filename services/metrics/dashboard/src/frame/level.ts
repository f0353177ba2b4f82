/** The mark of each colour, for whoever cannot tell colours apart. */
export const ICONS = { YELLOW: '▲', RED: '■', IN_TIME: '●' } as const
