/** A caregiver's own safety: a quiet SOS, and the question that comes when a visit does not end. */
import { ref } from 'vue'
import { safety as safetyApi } from '@/api'
import type { Safety } from '@/api/types'
import { calling } from '@/calling'
import { isCaregiver, session } from '@/session'

const EVERY = 20_000

export const sos = calling('sos', 'work/sos')
export const safety = ref<Safety | null>(null)

export async function askSafety(): Promise<void> {
  if (!session.token || !isCaregiver.value) return
  safety.value = await safetyApi.get()
}

/**
 * No count: she has held the button, or pressed it and said yes. Nothing sounds and nothing shakes. What the server has
 * is in no new one's way: while the case is open it rings again.
 */
export function pressSos(visitId: string): void {
  if (sos.state.call?.step === 'sent') sos.forget()
  sos.press({ seconds: 0, actingFor: '', name: '', place: '', more: { visit_id: visitId || null }, locates: true })
  void sos.send()
}

let looking: ReturnType<typeof setInterval> | undefined
let pages = 0
const look = () => void askSafety().catch(() => undefined)

/** While a page of hers is shown, it is asked for. */
export function watchSafety(): void {
  pages += 1
  look()
  looking ??= setInterval(look, EVERY)
}
export function unwatchSafety(): void {
  pages = Math.max(0, pages - 1)
  if (pages) return
  clearInterval(looking)
  looking = undefined
}
