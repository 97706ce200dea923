/** Help for a resident, from every page: one press, five seconds to take it back, then a call and a case. */
import { computed, ref } from 'vue'
import { help as helpApi } from './api'
import type { Case, Help } from './api/types'
import { calling } from './calling'
import { go } from './go'
import { t } from './i18n'
import { isActing, isCaregiver, person, SEEN, session } from './session'
import { canSpeak } from './speak'

const SECONDS = 5
const SHOWN = `${SEEN}help`
export const AMBULANCE = '120'
export const TOPICS = ['CaseRaised', 'CaseSeen', 'CaseTaken', 'CaseChanged', 'CaseUnanswered', 'CaseClosed'].map((name) => `emergencies.${name}`)

export const calls = calling('help', 'help/cases')
/** What stood on the screen of help when it was last asked: without a signal it still says whom to call. */
export const shown = ref<Help | null>(uni.getStorageSync(SHOWN) || null)
/** How the case stands, as the server last said; older than the press it is nothing. */
export const stands = ref<Case | null>(null)

export const firstNumber = computed(() => shown.value?.first_number || AMBULANCE)
export const deskPhone = computed(() => shown.value?.desk_phone || session.me?.institution?.duty_phone || '')
export const isUnderWay = computed(() => calls.state.call !== null && isHers() && stands.value?.stands !== 'closed')

export async function askHelp(): Promise<void> {
  if (!session.token || isCaregiver.value || !person.value) return
  const answer = await helpApi.shown()
  shown.value = answer
  uni.setStorageSync(SHOWN, answer)
}

export async function askCase(): Promise<void> {
  const id = calls.state.call?.caseId
  if (!id) return
  const answer = await helpApi.case(id)
  if (calls.state.call?.caseId === id) stands.value = answer
}

const isHers = (): boolean => calls.state.call?.account === session.me?.account.id && calls.state.call?.actingFor === session.actingFor

/**
 * Help is pressed. While a call for this person is under way it shows that one, unless it is over by now or nobody can
 * say: then it is pressed anew. What was pressed for somebody else is not in the way, and goes on being sent.
 */
export function pressHelp(): void {
  showHers()
  const before = calls.state.call
  if (before && ['sending', 'unsent', 'counting'].includes(before.step)) void calls.send()
  else if (before?.step === 'sent' && isHers() && stands.value?.stands !== 'closed')
    askCase().then(() => stands.value?.stands === 'closed' && pressAnew(), pressAnew)
  else pressAnew()
  go('help/index')
}

function showHers(): void {
  const before = calls.state.call?.clientId
  calls.open(session.actingFor)
  if (calls.state.call?.clientId !== before) stands.value = null
}

/** The count begins; by nobody who is signed in it is a screen to call from. What is open already is pressed again. */
export function pressAnew(): void {
  if (!session.token || !person.value) return
  showHers()
  calls.forget()
  stands.value = null
  calls.press({
    seconds: SECONDS,
    actingFor: session.actingFor,
    name: person.value.name,
    place: person.value.address_line,
    // Where the phone is says nothing of her for whom somebody else acts.
    locates: !isActing.value,
  })
  say(t('help.spoken', { count: SECONDS }))
  void askHelp().catch(() => undefined)
}

function say(words: string): void {
  uni.vibrateLong({ fail: () => undefined })
  // #ifdef H5
  if (!canSpeak()) return
  const utterance = new SpeechSynthesisUtterance(words)
  utterance.lang = document.documentElement.lang || 'zh-CN'
  speechSynthesis.speak(utterance)
  // #endif
}
