/** The mark of each colour, for whoever cannot tell colours apart. */
export const ICONS = { PROMPT: '◇', YELLOW: '▲', RED: '■', IN_TIME: '●' } as const
