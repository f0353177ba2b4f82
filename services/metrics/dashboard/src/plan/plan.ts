/** The annual plan as it was read last: the page shows it, and the drawer finds a figure in it. */
import { computed, ref, shallowRef } from 'vue'

import { readPlan, type Reading } from '@/picture/read'
import type { KpiLine, PlanItem, PlanPage } from '@/picture/views'

const plan = shallowRef<PlanPage | null>(null)
const state = ref<Reading>('reading')
const figures = computed(() => plan.value?.items.flatMap((item) => item.figures) ?? [])

/** Read it again; where that fails, what was read before stays. */
async function read(): Promise<void> {
  if (plan.value === null) state.value = 'reading'
  try {
    plan.value = await readPlan()
    state.value = 'shown'
  } catch {
    if (plan.value === null) state.value = 'failed'
  }
}

export function usePlan() {
  return { plan, state, figures, read }
}

/** The path under which what stands behind *figure* is listed. */
export function casesOf(figure: KpiLine): string {
  const since = figure.since === null ? '' : `from=${figure.since}&`
  return `/v1/kpis/${encodeURIComponent(figure.kpi_id)}/cases?${since}to=${figure.until}`
}

export interface PlanGroup {
  name: PlanItem['group_name']
  items: PlanItem[]
}

/** The *items* by what the plan calls its parts, in its order. */
export function grouped(items: PlanItem[]): PlanGroup[] {
  const groups = new Map<string, PlanGroup>()
  for (const item of items) {
    const group = groups.get(item.group) ?? { name: item.group_name, items: [] }
    group.items.push(item)
    groups.set(item.group, group)
  }
  return [...groups.values()]
}
