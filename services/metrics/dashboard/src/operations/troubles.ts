/** What is late or fails just now, each in a word and a sentence; the worst part of the page comes first. */
import { useI18n } from 'vue-i18n'

import { LAG_SECONDS_MAX } from '@/picture/store'
import type { ChannelLine, Completeness, RulesShown } from '@/picture/views'
import { useDates } from '@/words/dates'
import { figure } from '@/words/format'
import { language } from '@/words/preferences'
import type { Sources } from './operations'
import { useSpans } from './spans'

/** What was read of the page so far; null is not read, or not for the reader. */
export interface Seen {
  progress: Completeness | null
  sources: Sources | null
  channels: ChannelLine[] | null
  rules: RulesShown | null
  /** The parts that were not answered when they were read last. */
  unread: string[]
}

export interface Trouble {
  key: string
  /** Whether it only takes longer than it should, or does not go at all. */
  kind: 'late' | 'failing'
  word: string
  sentence: string
}

export function useTroubles(): (seen: Seen) => Trouble[] {
  const { t } = useI18n()
  const dates = useDates()
  const spans = useSpans()

  function trouble(name: string, kind: Trouble['kind'], about: string, values: Record<string, string | number>): Trouble {
    return {
      key: `${name} ${about}`,
      kind,
      word: t(`operations.trouble.${name}.word`),
      sentence: t(`operations.trouble.${name}.sentence`, values),
    }
  }

  function ofReading(unread: string[]): Trouble[] {
    return unread.map((part) => trouble('unread', 'failing', part, { part: t(`operations.${part}.title`) }))
  }

  function ofProgress({ partitions, outboxes, behind }: Completeness): Trouble[] {
    const found: Trouble[] = []
    if (behind.length > 0) {
      const lanes = behind.map((lane) => lane.partition).join(t('operations.and'))
      const n = behind.reduce((sum, lane) => sum + lane.clocks, 0)
      found.push(trouble('cards_wait', 'failing', '', { lanes, n: figure(n, language.value) }))
    }
    const late = partitions.filter((one) => one.lag_seconds > LAG_SECONDS_MAX)
    const slowest = [...late].sort((one, other) => other.lag_seconds - one.lag_seconds)[0]
    if (slowest) {
      const values = { partition: `${slowest.topic}/${slowest.partition}`, lag: spans.seconds(slowest.lag_seconds) }
      const waiting = late.reduce((sum, one) => sum + one.waiting, 0)
      found.push(trouble('partitions', 'late', '', { ...values, n: late.length, waiting: figure(waiting, language.value) }))
    }
    const unsent = outboxes.filter((one) => one.lag_seconds > LAG_SECONDS_MAX)
    return [
      ...found,
      ...unsent.map(({ owner, lag_seconds }) => trouble('outbox', 'late', owner, { owner, lag: spans.seconds(lag_seconds) })),
    ]
  }

  function ofSources({ alive, lag }: Sources): Trouble[] {
    // Their colours are the figures' own; here they only say that something is not as it should be.
    const silent = alive.sources.filter((one) => one.level !== null && one.heard_at !== null)
    const slow = lag.sources.filter((one) => one.level !== null)
    return [
      ...silent.map(({ publisher, name, value, heard_at }) =>
        trouble('silent', 'failing', publisher, {
          name,
          silence: spans.minutes(value ?? 0),
          time: dates.instant(heard_at ?? ''),
        }),
      ),
      ...slow.map(({ publisher, name, value }) =>
        trouble('slow', 'late', publisher, { name, lag: spans.minutes(value ?? 0) }),
      ),
    ]
  }

  function ofChannels(channels: ChannelLine[]): Trouble[] {
    return channels.flatMap((one) => {
      const { channel, closed, failing_since: since, fault, waiting } = one
      if (closed) return [trouble('closed', 'failing', channel, { channel, fault })]
      if (since === null) return []
      return [trouble('undelivered', 'failing', channel, { channel, fault, waiting, time: dates.instant(since) })]
    })
  }

  function ofRules({ newest, lanes_behind: lanes }: RulesShown): Trouble[] {
    return lanes === 0 ? [] : [trouble('rules', 'late', '', { edition: newest, lanes })]
  }

  return ({ progress, sources, channels, rules, unread }) => [
    ...ofReading(unread),
    ...(progress ? ofProgress(progress) : []),
    ...(sources ? ofSources(sources) : []),
    ...(channels ? ofChannels(channels) : []),
    ...(rules ? ofRules(rules) : []),
  ]
}
