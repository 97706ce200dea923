/** Who is signed in on this phone, and for whom she acts. */
import { computed, reactive } from 'vue'
import { connect, Refused } from './api/http'
import { me as meApi } from './api'
import type { Me, Person, SignedIn } from './api/types'
import { t } from './i18n'

const TOKEN = 'token'
const ACTING = 'acting_for'
const ME = 'me'
const DEMO = 'demo'
/** What was seen is gone at sign-out; what waits to be sent stays, and goes out when its account is back. */
export const SEEN = 'seen:'

interface State {
  token: string
  actingFor: string
  me: Me | null
  /** In a demo every page says that nobody of it is real. */
  isDemo: boolean
}

export const session = reactive<State>({
  token: uni.getStorageSync(TOKEN) || '',
  actingFor: uni.getStorageSync(ACTING) || '',
  me: uni.getStorageSync(ME) || null,
  isDemo: uni.getStorageSync(DEMO) || false,
})

export const isCaregiver = computed(() => session.me?.account.kind === 'staff')
export const self = computed<Person | null>(() => session.me?.people.find((person) => person.relation === 'self') ?? null)
/** The person this phone is about now: herself, or whom she acts for. */
export const person = computed<Person | null>(
  () => session.me?.people.find((each) => each.resident_id === session.actingFor) ?? self.value ?? session.me?.people[0] ?? null,
)
export const isActing = computed(() => person.value !== null && person.value.relation !== 'self')

/** She herself and her guardian decide who may see and come; other family read only. */
export const decides = computed(() => person.value !== null && ['self', 'guardian'].includes(person.value.relation))

/** Words about her own things, or about those of whom she acts for, by name. */
export const whose = (ofName: string, own: string): string =>
  isActing.value && person.value ? t(ofName, { name: person.value.name }) : t(own)

export function may(what: string): boolean {
  return decides.value || (person.value?.allows.includes(what) ?? false)
}

export function actFor(residentId: string): void {
  session.actingFor = residentId
  uni.setStorageSync(ACTING, residentId)
}

export function signedIn(answer: SignedIn): void {
  forget()
  session.token = answer.token
  uni.setStorageSync(TOKEN, answer.token)
}

export async function loadMe(): Promise<Me> {
  const answer = await meApi.get().catch((error: unknown) => {
    if (!session.actingFor || !(error instanceof Refused) || error.status !== 404) throw error
    leave() // she may act for that person no more
    return meApi.get()
  })
  session.me = answer
  uni.setStorageSync(ME, answer)
  markDemo(answer.is_demo)
  if (session.actingFor && !answer.people.some((each) => each.resident_id === session.actingFor)) leave()
  if (answer.people.length && !answer.people.some((each) => each.resident_id === session.actingFor))
    actFor((answer.people.find((each) => each.relation === 'self') ?? answer.people[0]!).resident_id)
  return answer
}

/** What was seen of whom she acts for goes with the right to see it. */
function leave(): void {
  session.actingFor = ''
  uni.removeStorageSync(ACTING)
  forgetSeen()
}

function forgetSeen(): void {
  for (const key of uni.getStorageInfoSync().keys) if (key.startsWith(SEEN)) uni.removeStorageSync(key)
}

/** Something was not found: ask whether she may still act for that person, and begin anew if not. */
let asking = false
async function askWhetherStill(): Promise<void> {
  if (asking) return
  asking = true
  const before = session.actingFor
  await loadMe().catch(() => undefined)
  asking = false
  if (session.token && session.actingFor !== before) uni.reLaunch({ url: front() })
}

export function markDemo(isDemo: boolean): void {
  session.isDemo = isDemo
  uni.setStorageSync(DEMO, isDemo)
}

export function forget(): void {
  Object.assign(session, { token: '', actingFor: '', me: null })
  for (const key of [TOKEN, ACTING, ME]) uni.removeStorageSync(key)
  forgetSeen()
}

export function toSignIn(): void {
  uni.reLaunch({ url: '/pages/sign-in/index' })
}

connect({
  who: () => ({ token: session.token, actingFor: session.me?.account.kind === 'staff' ? '' : session.actingFor }),
  signedOut: () => {
    forget()
    toSignIn()
  },
  notFound: () => void askWhetherStill(),
})

/** The front page of whoever is signed in. */
export const front = (): string =>
  !session.token ? '/pages/sign-in/index' : isCaregiver.value ? '/pages/work/today' : '/pages/home/index'

