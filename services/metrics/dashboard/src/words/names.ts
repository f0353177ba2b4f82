/** Names of codes in the reader's language; a code that nobody has translated is shown as it is. */
import { useI18n } from 'vue-i18n'

const PREFIX = 'casetrack.'

export function useNames() {
  const { t, te } = useI18n()

  function named(group: string, code: string): string {
    const key = `${group}.${code}`
    return te(key) ? t(key) : code
  }

  return {
    /** casetrack.intake.application.received.v1 in words. */
    fact: (type: string): string => {
      const [family, subject, action] = type.replace(PREFIX, '').split('.')
      const key = `fact.${family}.${subject}.${action}`
      return te(key) ? t(key) : type
    },
    clock: (code: string): string => named('clock', code),
    clockShort: (code: string): string => named('clock_short', code),
    ground: (code: string): string => named('ground', code),
    basis: (code: string): string => named('basis', code),
    phase: (code: string): string => named('phase', code),
    role: (code: string): string => named('role', code),
  }
}
