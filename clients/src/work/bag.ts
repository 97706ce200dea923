/**
 * Her bag as this phone knows it. A check is written to the phone first and sent when there is a signal: looking into a bag
 * needs none.
 */
import { ref } from 'vue'
import { work } from '@/api'
import { Refused } from '@/api/http'
import type { Bag, BagCheck, BagLine, BagLot } from '@/api/types'
import { uuid } from '@/ids'
import { today } from '@/when'
import { keep, kept } from './cache'

const BAG = 'bag'
const CHECKS = 'bag-checks'
interface Waiting {
  client_id: string
  checked_at: string
  seen: { lot_id: string; quantity: number }[]
}
export const bag = ref<Bag | null>(null)

/** Checks of this phone that the server has not answered yet. */
export const unsent = (): Waiting[] => kept<Waiting[]>(CHECKS) ?? []

export async function loadBag(): Promise<void> {
  bag.value = kept<Bag>(BAG)
  await sendChecks()
  bag.value = await work.bag()
  keep(BAG, bag.value)
}

export async function sawBag(seen: { lot_id: string; quantity: number }[]): Promise<void> {
  keep(CHECKS, [...unsent(), { client_id: uuid(), checked_at: new Date().toISOString(), seen }])
  await sendChecks()
}

async function sendChecks(): Promise<void> {
  for (const check of unsent()) {
    let answer: BagCheck | null = null
    try {
      answer = await work.checkBag(check, check.client_id)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
    }
    keep(CHECKS, unsent().filter((each) => each.client_id !== check.client_id))
    if (answer && bag.value) {
      bag.value = { ...bag.value, check: answer }
      keep(BAG, bag.value)
    }
  }
}

/** What is printed on it counts, not when the list was fetched: yesterday's list may call a lot good that is not. */
export const isExpired = (lot: BagLot): boolean => lot.state === 'expired' || (lot.expires_on !== null && lot.expires_on < today())

export type BagState = 'unknown' | 'unchecked' | 'waiting' | 'lacking' | 'good'
export function bagState(one: Bag | null): BagState {
  if (unsent().some((check) => dayOf(check.checked_at) === today())) return 'waiting'
  if (!one) return 'unknown'
  if (!one.check || one.check.day !== today()) return 'unchecked'
  return one.check.lacking.length ? 'lacking' : 'good'
}
const dayOf = (moment: string): string => new Date(new Date(moment).getTime() + 8 * 3_600_000).toISOString().slice(0, 10)

/** The lot to take next: what expires first and has not. */
export const nextLot = (lines: BagLine[], code: string): BagLot | undefined =>
  lines.find((line) => line.code === code)?.lots.find((lot) => !isExpired(lot))
export const oldLots = (lines: BagLine[], code: string): BagLot[] => lines.find((line) => line.code === code)?.lots.filter(isExpired) ?? []
