/** Which keys lead through a list of matters. */
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

export function useListHints() {
  const { t } = useI18n()
  return computed(() => [
    { keys: ['j', 'k'], words: t('keys.move') },
    { keys: ['Enter'], words: t('keys.matter') },
    { keys: ['/'], words: t('keys.search') },
  ])
}
