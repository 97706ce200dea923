/**
 * What can be measured at home, with UCUM units. `possible` bounds catch slips of the finger; outside `usual` we ask to
 * measure again. `red`: at or below the first, at or above the second, somebody has to act now; `child`: the same under 16,
 * where NEWS2 says nothing. Both are clinical/data/alerts.json, kept here too because it must be said where there is no
 * signal; tests/clinical/test_phone.py compares.
 */
type Bounds = [number | null, number | null]

export interface Vital {
  code: string
  key: string
  unit: string
  shown: string
  possible: [number, number]
  usual: [number, number]
  red?: Bounds
  child?: Bounds
  decimals: number
}

export const VITALS: readonly Vital[] = [
  { code: '8480-6', key: 'systolic', unit: 'mm[Hg]', shown: 'mmHg', possible: [40, 300], usual: [90, 160], red: [90, 180], child: [null, 180], decimals: 0 },
  { code: '8462-4', key: 'diastolic', unit: 'mm[Hg]', shown: 'mmHg', possible: [20, 200], usual: [50, 100], red: [null, 110], child: [null, 110], decimals: 0 },
  { code: '8867-4', key: 'heart_rate', unit: '/min', shown: '', possible: [20, 300], usual: [50, 110], red: [40, 131], decimals: 0 },
  { code: '9279-1', key: 'respiration', unit: '/min', shown: '', possible: [2, 80], usual: [12, 24], red: [8, 25], decimals: 0 },
  { code: '59408-5', key: 'oxygen', unit: '%', shown: '%', possible: [30, 100], usual: [93, 100], red: [91, null], decimals: 0 },
  { code: '8310-5', key: 'temperature', unit: 'Cel', shown: '℃', possible: [25, 45], usual: [35.5, 37.5], red: [35, 39.1], decimals: 1 },
  { code: '15074-8', key: 'glucose', unit: 'mmol/L', shown: 'mmol/L', possible: [0.5, 60], usual: [3.9, 13.9], red: [3.9, 16.7], child: [3.9, 16.7], decimals: 1 },
  { code: '14743-9', key: 'glucose_finger', unit: 'mmol/L', shown: 'mmol/L', possible: [0.5, 60], usual: [3.9, 13.9], red: [3.9, 16.7], child: [3.9, 16.7], decimals: 1 },
  { code: '14771-0', key: 'glucose_fasting', unit: 'mmol/L', shown: 'mmol/L', possible: [0.5, 60], usual: [3.9, 10], red: [3.9, 16.7], child: [3.9, 16.7], decimals: 1 },
  { code: '29463-7', key: 'weight', unit: 'kg', shown: 'kg', possible: [0.3, 400], usual: [0.5, 150], decimals: 1 },
  { code: '8302-2', key: 'height', unit: 'cm', shown: 'cm', possible: [20, 250], usual: [30, 220], decimals: 1 },
  { code: '8280-0', key: 'waist', unit: 'cm', shown: 'cm', possible: [20, 250], usual: [40, 160], decimals: 1 },
  { code: '9843-4', key: 'head', unit: 'cm', shown: 'cm', possible: [15, 80], usual: [28, 65], decimals: 1 },
  { code: '72514-3', key: 'pain', unit: '{score}', shown: '', possible: [0, 10], usual: [0, 6], decimals: 0 },
]

const PANELS: Record<string, string[]> = {
  '85354-9': ['8480-6', '8462-4'],
  '2708-6': ['59408-5'],
  '41653-7': ['14743-9'],
}

/** Codes a step asks for, a panel taken apart. Unknown ones are entered as plain numbers. */
export function vitalsFor(codes: string[]): Vital[] {
  const flat = codes.flatMap((code) => PANELS[code] ?? [code])
  return flat.map((code) => VITALS.find((vital) => vital.code === code) ?? plain(code))
}

function plain(code: string): Vital {
  return { code, key: '', unit: '1', shown: '', possible: [-1e9, 1e9], usual: [-1e9, 1e9], decimals: 2 }
}

const PRESSURE = ['8480-6', '8462-4']

/** What is still to be measured of `asked`: of a whole all of it, else the other half of a blood pressure. */
export function lacking(asked: string[], filled: string[], whole = false): string[] {
  const needed = whole ? asked : PRESSURE.some((code) => filled.includes(code)) ? PRESSURE.filter((code) => asked.includes(code)) : []
  return needed.filter((code) => !filled.includes(code))
}

export const DEFAULT_CODES = ['8480-6', '8462-4', '8867-4', '59408-5', '8310-5']

export type Verdict = 'empty' | 'ok' | 'not_a_number' | 'impossible' | 'unusual'

export function judge(vital: Vital, typed: string): Verdict {
  const words = halfWidth(typed)
  if (!words) return 'empty'
  if (!/^\d+(\.\d+)?$/.test(words)) return 'not_a_number'
  const value = Number(words)
  if (value < vital.possible[0] || value > vital.possible[1]) return 'impossible'
  return value < vital.usual[0] || value > vital.usual[1] ? 'unusual' : 'ok'
}

const GROWN = 16 // from here on NEWS2 holds

/** Say whether a value alone is a reason to act now, before anything else is done. An age that nobody knows is a grown one's. */
export function isRed(code: string, value: number, age: number | null): boolean {
  const vital = VITALS.find((one) => one.code === code)
  const [low, high] = (age !== null && age < GROWN ? vital?.child : vital?.red) ?? [null, null]
  return (low !== null && value <= low) || (high !== null && value >= high)
}

export function valueOf(typed: string): number {
  return Number(halfWidth(typed))
}

/** Chinese keyboards type full-width digits, and a full stop for a decimal point. */
function halfWidth(typed: string): string {
  return typed
    .trim()
    .replace(/[\uff10-\uff19\uff0e]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace('\u3002', '.')
}
