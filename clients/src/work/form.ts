/** What may not stand in a field of a record form. */
import type { FormField } from '@/api/types'
import { valueOf } from '@/work/vitals'

export type Wrong = '' | 'not_a_number' | 'impossible'

export const isNumber = (field: FormField): boolean => field.type === 'number' || field.type === 'integer'

export function wrongIn(field: FormField, words: string): Wrong {
  if (!isNumber(field) || !words.trim()) return ''
  const value = valueOf(words)
  if (Number.isNaN(value)) return 'not_a_number'
  return value < (field.minimum ?? -Infinity) || value > (field.maximum ?? Infinity) ? 'impossible' : ''
}
