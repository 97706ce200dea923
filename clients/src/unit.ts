/** Units are kept in UCUM, and shown as people write them. */
import { t } from './i18n'

const PLAIN: Record<string, string> = { 'mm[Hg]': 'mmHg', Cel: '\u2103', 'kg/m2': 'kg/m\u00b2' }
const SPOKEN: Record<string, string> = { '/min': 'unit.per_minute', '{score}': 'unit.points', '/d': 'unit.per_day', 'L/min': 'unit.litres_per_minute' }

export const unitShown = (unit: string): string => PLAIN[unit] ?? (SPOKEN[unit] ? t(SPOKEN[unit]!) : unit)
