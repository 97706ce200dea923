import { createI18n } from 'vue-i18n'
import en from './locales/en'
import zhHans from './locales/zh-Hans'

export type Language = 'zh-Hans' | 'en'
const KEY = 'language'

function first(): Language {
  const kept = uni.getStorageSync(KEY)
  return kept === 'en' ? 'en' : 'zh-Hans'
}

export const i18n = createI18n({
  legacy: false,
  locale: first(),
  fallbackLocale: 'zh-Hans',
  messages: { 'zh-Hans': zhHans, en },
})

/** For words outside a component. */
export const t = i18n.global.t as (key: string, values?: Record<string, string | number>) => string

export const language = (): Language => i18n.global.locale.value as Language

export function speakIn(next: Language): void {
  i18n.global.locale.value = next
  uni.setStorageSync(KEY, next)
  markLanguage()
}

export function markLanguage(): void {
  // #ifdef H5
  document.documentElement.lang = language() === 'en' ? 'en' : 'zh-CN'
  // #endif
}
