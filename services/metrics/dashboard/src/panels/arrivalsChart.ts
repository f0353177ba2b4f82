/** The chart of the day's receipts: accent bars for today, one grey line for comparison, labelled directly. */
import type { EChartsOption } from 'echarts'

import type { Theme } from '@/words/preferences'

export interface Hour {
  hour: number
  today: number
  comparison: number
}

export interface ChartWords {
  today: string
  comparison: string
  description: string
  theme: Theme
}

export function sumUntil(values: number[], lastHour: number): number {
  return values.slice(0, lastHour + 1).reduce((sum, value) => sum + value, 0)
}

/** A token of the theme; *theme* is named so that whoever computes with it depends on it. */
function token(name: string, theme: Theme): string {
  document.documentElement.dataset.theme = theme
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}

/** The running hour's bar says which series it is; an hour to come has no bar. */
function today(row: Hour, currentHour: number, name: string) {
  if (row.hour > currentHour) return null
  if (row.hour < currentHour) return row.today
  return { value: row.today, label: { formatter: `${name} ${row.today}` } }
}

function comparison(row: Hour, last: boolean, name: string) {
  return last ? { value: row.comparison, label: { show: true, formatter: name } } : row.comparison
}

export function arrivalsChart(hours: Hour[], currentHour: number, words: ChartWords): EChartsOption {
  const [accent, grey, ink, muted, line] = ['--accent', '--grey-series', '--ink', '--muted', '--line'].map((name) =>
    token(name, words.theme),
  ) as [string, string, string, string, string]
  const font = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 }
  return {
    animation: false,
    aria: { enabled: true, label: { description: words.description } },
    grid: { left: 40, right: 16, top: 28, bottom: 24 },
    textStyle: font,
    xAxis: {
      type: 'category',
      data: hours.map((row) => String(row.hour)),
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { ...font, color: muted },
    },
    yAxis: {
      type: 'value',
      min: 0,
      minInterval: 1,
      splitNumber: 3,
      axisLabel: { ...font, color: muted },
      splitLine: { lineStyle: { color: line } },
    },
    series: [
      {
        type: 'bar',
        name: words.today,
        data: hours.map((row) => today(row, currentHour, words.today)),
        itemStyle: { color: accent },
        barMaxWidth: 28,
        label: { show: true, position: 'top', ...font, color: ink },
        z: 3,
        labelLayout: { hideOverlap: true },
      },
      {
        type: 'line',
        name: words.comparison,
        data: hours.map((row, index) => comparison(row, index === hours.length - 1, words.comparison)),
        symbol: 'none',
        lineStyle: { color: grey, width: 2, type: 'dashed' },
        itemStyle: { color: grey },
        label: { show: false, position: 'top', align: 'right', ...font, color: muted },
      },
    ],
  }
}
