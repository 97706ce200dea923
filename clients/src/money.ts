import { t } from './i18n'

/** Fen to what people say: "160 元", "12.5 元". */
export function money(fen: number): string {
  if (fen === 0) return t('free')
  const yuan = fen / 100
  const amount = Number.isInteger(yuan) ? String(yuan) : yuan.toFixed(2).replace(/0$/, '')
  return t('money', { amount })
}
