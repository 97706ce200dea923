/** Times come with an offset; people here live by Shanghai's clock, whatever the phone is set to. */
import type { Slot } from './api/types'
import { t } from './i18n'

const EIGHT_HOURS = 8 * 3600_000
const DAY = 24 * 3600_000

interface Parts {
  day: string
  year: number
  month: number
  date: number
  weekday: number
  hour: number
  minute: number
}

function parts(at: string | number | Date): Parts {
  const shifted = new Date(new Date(at).getTime() + EIGHT_HOURS)
  return {
    day: shifted.toISOString().slice(0, 10),
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth() + 1,
    date: shifted.getUTCDate(),
    weekday: shifted.getUTCDay(),
    hour: shifted.getUTCHours(),
    minute: shifted.getUTCMinutes(),
  }
}

export const today = (): string => parts(Date.now()).day
export const dayOf = (at: string): string => parts(at).day
export const hourNow = (): number => parts(Date.now()).hour
export const minutesUntil = (at: string): number => Math.ceil((new Date(at).getTime() - Date.now()) / 60_000)

/** A date as it is written on a box, "2027-11-12"; it stays on one line. */
export const dated = (day: string): string => day.split('-').join('\u2011')

export function addDays(day: string, count: number): string {
  return new Date(new Date(`${day}T00:00:00Z`).getTime() + count * DAY).toISOString().slice(0, 10)
}

/** "9:05" */
export function clock(at: string | number): string {
  const p = parts(at)
  return `${p.hour}:${String(p.minute).padStart(2, '0')}`
}

/** "9:05–9:45" */
export const clocks = (from: string, to: string): string => `${clock(from)}–${clock(to)}`

/** "上午 9:05" */
export function spokenClock(at: string): string {
  const hour = parts(at).hour
  return t('when.clock', { part: t(hour < 12 ? 'when.morning' : hour < 18 ? 'when.afternoon' : 'when.evening'), at: clock(at) })
}

/** "11月24日 星期二", with 今天 or 明天 before it when it is. `day` is YYYY-MM-DD. */
export function dayName(day: string): string {
  const p = parts(`${day}T00:00:00+08:00`)
  const plain = t('when.day', { month: t(`when.month.m${p.month}`), date: p.date, weekday: t(`when.weekday.w${p.weekday}`) })
  const now = today()
  if (day === now) return t('when.today', { day: plain })
  if (day === addDays(now, 1)) return t('when.tomorrow', { day: plain })
  if (day === addDays(now, -1)) return t('when.yesterday', { day: plain })
  return plain
}

/** "11月24日" */
export function shortDay(day: string): string {
  const p = parts(`${day}T00:00:00+08:00`)
  return t('when.short', { month: t(`when.month.m${p.month}`), date: p.date })
}

/** "今天 9:05", "昨天 16:20", "11月2日 8:00" */
export function moment(at: string): string {
  const day = dayOf(at)
  const now = today()
  if (day === now) return t('when.at_today', { at: clock(at) })
  if (day === addDays(now, -1)) return t('when.at_yesterday', { at: clock(at) })
  if (day === addDays(now, 1)) return t('when.at_tomorrow', { at: clock(at) })
  return t('when.at', { day: shortDay(day), at: clock(at) })
}

/** Tells one offered time from another: two people may be free at the same. */
export const slotKey = (slot: Slot): string => `${slot.starts_at} ${slot.caregiver.id}`
