import { createI18n } from 'vue-i18n'
import en from './locales/en'
import zhHans from './locales/zh-Hans'

export type Language = 'zh-Hans' | 'en'
const KEY = 'language'

function first(): Language {
  const kept = uni.getStorageSync(KEY)
  return kept === 'en' ? 'en' : 'zh-Hans'
}

/**
 * Texts become functions that fill their holes. uni-app gives mini programs an i18n without its message compiler,
 * and neither WeChat nor a strict content policy lets us make code from text.
 */
type Said = (context: { named: (name: string) => unknown }) => string
type Texts = { [key: string]: string | Texts }
interface Filled {
  [key: string]: Said | Filled
}
function fillable(texts: Texts): Filled {
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, typeof text === 'string' ? said(text) : fillable(text)]))
}
const said = (text: string): Said => ({ named }) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(named(name) ?? ''))

export const i18n = createI18n({
  legacy: false,
  locale: first(),
  fallbackLocale: 'zh-Hans',
  messages: { 'zh-Hans': fillable(zhHans), en: fillable(en) },
})

/** For words outside a component. */
export const t = i18n.global.t as (key: string, values?: Record<string, string | number>) => string

/** In Chinese whatever she reads in: for words that go to the institution. */
export const inChinese = (key: string): string => (i18n.global.t as (key: string, list: unknown[], options: object) => string)(key, [], { locale: 'zh-Hans' })

/** Texts of the catalogue come in both languages: `title` and `title_en`. */
export function shown(item: object, name: string): string {
  const texts = item as Record<string, unknown>
  return String((language() === 'en' && texts[`${name}_en`]) || texts[name] || '')
}

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
