/** What narrows a list: read from the page's address, and written into it. */

/** A filter is words by name; whatever an address says that does not fit is left out: it is written by anybody. */
type Filter = Record<string, string>
type Fits<F extends Filter> = (name: keyof F & string, value: string) => boolean

const DAY = /^\d{4}-\d\d-\d\d$/

export function isDay(value: string): boolean {
  return DAY.test(value)
}

/** The filter that *query* says, and *everything* where it says nothing that *fits*. */
export function filterOf<F extends Filter>(everything: F, fits: Fits<F>, query: string): F {
  const said = new URLSearchParams(query)
  const known = Object.keys(everything).map((name) => [name, said.get(name)] as const)
  const fitting = known.filter(([name, value]) => value !== null && fits(name, value))
  return { ...everything, ...Object.fromEntries(fitting) }
}

/** The filter as an address has it: what differs from *everything*. */
export function queryOf<F extends Filter>(everything: F, filter: F): string {
  const changed = Object.entries(filter).filter(([name, value]) => value !== everything[name])
  return new URLSearchParams(changed).toString()
}

/** Write into *asked* those *names* of *filter* that say something. */
export function ask<F extends Filter>(asked: URLSearchParams, filter: F, names: readonly (keyof F & string)[]): void {
  for (const name of names) {
    const value = filter[name]
    if (value) asked.set(name, value)
  }
}
