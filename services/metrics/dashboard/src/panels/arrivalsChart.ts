/** The chart of the day's receipts: accent bars for today before wider grey ones for comparison, labelled directly. */
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

type Token = 'accent' | 'grey-series' | 'ink' | 'muted' | 'line'

export function sumUntil(values: number[], lastHour: number): number {
  return values.slice(0, lastHour + 1).reduce((sum, value) => sum + value, 0)
}

/** Reads the tokens of *theme*, which is named so that whoever computes with them depends on it. */
function tokensOf(theme: Theme): (name: Token) => string {
  document.documentElement.dataset.theme = theme
  const style = getComputedStyle(document.documentElement)
  return (name) => style.getPropertyValue(`--${name}`).trim()
}

/** The running hour's bar says which series it is; an hour to come has no bar, an empty one no label. */
function today(row: Hour, currentHour: number, name: string) {
  if (row.hour > currentHour) return null
  if (row.hour < currentHour) return { value: row.today, label: { show: row.today > 0 } }
  return { value: row.today, label: { formatter: `${name} ${row.today}` } }
}

/** The comparison is named once, over its highest bar of the hours to come. */
function comparisons(hours: Hour[], currentHour: number, name: string) {
  const toCome = hours.filter((row) => row.hour > currentHour + 1)
  const peak = toCome.reduce<Hour | null>((best, row) => (best && best.comparison >= row.comparison ? best : row), null)
  return hours.map((row) =>
    row === peak && row.comparison > 0 ? { value: row.comparison, label: { show: true, formatter: name } } : row.comparison,
  )
}

export function arrivalsChart(hours: Hour[], currentHour: number, words: ChartWords): EChartsOption {
  const token = tokensOf(words.theme)
  const font = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 }
  const labelled = { ...font, color: token('muted') }
  const names = hours.map((row) => String(row.hour))
  return {
    animation: false,
    aria: { enabled: true, label: { description: words.description } },
    grid: { left: 40, right: 16, top: 28, bottom: 24 },
    textStyle: font,
    xAxis: [
      {
        type: 'category',
        data: names,
        axisLine: { lineStyle: { color: token('line') } },
        axisTick: { show: false },
        axisLabel: labelled,
      },
      { type: 'category', data: names, show: false },
    ],
    yAxis: {
      type: 'value',
      min: 0,
      minInterval: 1,
      splitNumber: 3,
      axisLabel: labelled,
      splitLine: { lineStyle: { color: token('line') } },
    },
    series: [
      {
        type: 'bar',
        name: words.comparison,
        xAxisIndex: 1,
        data: comparisons(hours, currentHour, words.comparison),
        itemStyle: { color: token('grey-series') },
        barWidth: '64%',
        label: { show: false, position: 'top', ...labelled },
      },
      {
        type: 'bar',
        name: words.today,
        data: hours.map((row) => today(row, currentHour, words.today)),
        itemStyle: { color: token('accent') },
        barWidth: '36%',
        label: { show: true, position: 'top', ...font, color: token('ink') },
        labelLayout: { hideOverlap: true },
      },
    ],
  }
}
