/**
 * Somebody calls for help. What she pressed is written to the phone before anything else happens, sent until the server
 * has it, and never said to have been heard before it was. Only her cancel, within the seconds of the count, undoes it:
 * a page that is hidden or closed meanwhile sends at once, for a phone that drops or locks is no change of mind.
 */
import { reactive } from 'vue'
import { Refused, tellOnce } from './api/http'
import { uuid } from './ids'
import { session } from './session'
import { whereIfAllowed, type Position } from './where'

const PAUSES = [2, 3, 5, 10, 15, 30]
const TIMEOUT = 8_000

export type Step = 'counting' | 'sending' | 'unsent' | 'sent' | 'refused'
export interface Call {
  clientId: string
  pressedAt: string
  account: string
  actingFor: string
  /** For whom and where, as the phone knew it: the screen says it without a signal too. */
  name: string
  place: string
  more: Record<string, string | null>
  position: Position | null
  /** Where the phone is may be known later than the call goes out: it follows then, under a key of its own. */
  placeKey: string
  isPlaced: boolean
  step: Step
  due: number
  caseId: string
  words: string
}
interface Asked {
  seconds: number
  actingFor: string
  name: string
  place: string
  more?: Record<string, string | null>
  locates: boolean
}
export interface Calling {
  call: Call | null
  left: number
}

export function calling(key: string, path: string) {
  const state = reactive<Calling>({ call: uni.getStorageSync(key) || null, left: 0 })
  let ticking: ReturnType<typeof setInterval> | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let tries = 0
  let busy = false

  const keep = (change: Partial<Call>) => {
    if (!state.call) return
    Object.assign(state.call, change)
    try {
      uni.setStorageSync(key, { ...state.call })
    } catch {
      // A full phone calls for help all the same.
    }
  }

  function press(asked: Asked): void {
    // What somebody else has pressed on this phone, who has signed out since, is in nobody's way.
    if (state.call && state.call.step !== 'refused' && isOfWhoIsHere()) return
    const { seconds, locates, ...said } = asked
    state.call = {
      ...said,
      more: asked.more ?? {},
      clientId: uuid(),
      pressedAt: new Date().toISOString(),
      account: session.me?.account.id ?? '',
      position: null,
      placeKey: uuid(),
      isPlaced: false,
      step: 'counting',
      due: Date.now() + seconds * 1000,
      caseId: '',
      words: '',
    }
    tries = 0
    keep({})
    const mine = state.call.clientId
    const found = (position: Position | null) => {
      if (!position || state.call?.clientId !== mine) return
      keep({ position })
      void send()
    }
    if (locates) void whereIfAllowed().then(found)
    count()
  }

  function count(): void {
    clearInterval(ticking)
    const look = () => {
      if (state.call?.step !== 'counting') return clearInterval(ticking)
      state.left = Math.max(0, Math.ceil((state.call.due - Date.now()) / 1000))
      if (state.call.due <= Date.now()) hurry()
    }
    look()
    ticking = setInterval(look, 200)
  }

  /** Within the count, and only then: nothing is sent. */
  function cancel(): void {
    if (state.call?.step !== 'counting') return
    forget()
  }

  /** The count is over, or she leaves the page: it is sent now. */
  function hurry(): void {
    if (state.call?.step !== 'counting') return
    clearInterval(ticking)
    keep({ step: 'sending' })
    void send()
  }

  const isOfWhoIsHere = (): boolean => (session.me?.account.id ?? '') === state.call?.account
  const isHers = (): boolean => !!session.token && isOfWhoIsHere()
  const isToPlace = (call: Call): boolean => call.step === 'sent' && !call.isPlaced && !!call.position
  const later = (ms: number) => {
    clearTimeout(again)
    again = setTimeout(() => void send(), ms)
  }

  async function send(): Promise<void> {
    const call = state.call
    if (!call || busy || !(['sending', 'unsent'].includes(call.step) || isToPlace(call))) return
    clearTimeout(again)
    const isPlacing = call.step === 'sent'
    if (!isHers()) {
      if (!isPlacing) keep({ step: 'unsent' }) // her account is not signed in here: it waits for it
      return later(PAUSES[3]! * 1000)
    }
    busy = true
    const { position } = call
    try {
      const body = { client_id: call.clientId, pressed_at: call.pressedAt, position, ...call.more }
      // One key is for one content: what is tried again with the place is another request about the same call.
      const key = position ? call.placeKey : call.clientId
      const found = await tellOnce<{ id: string }>(path, body, key, call.actingFor, TIMEOUT)
      if (state.call?.clientId === call.clientId) keep({ step: 'sent', caseId: found.id, isPlaced: !!position })
      if (state.call && isToPlace(state.call)) later(0)
    } catch (error) {
      if (state.call?.clientId !== call.clientId) return
      const isFinal = error instanceof Refused && error.status < 500 && ![401, 429].includes(error.status)
      if (isFinal) keep(isPlacing ? { isPlaced: true } : { step: 'refused', words: (error as Refused).detail })
      else {
        if (!isPlacing) keep({ step: 'unsent' })
        later(PAUSES[Math.min(tries++, PAUSES.length - 1)]! * 1000)
      }
    } finally {
      busy = false
      if (state.call?.clientId !== call.clientId) later(0) // pressed anew meanwhile
    }
  }

  function forget(): void {
    clearInterval(ticking)
    clearTimeout(again)
    state.call = null
    state.left = 0
    uni.removeStorageSync(key)
  }

  /** The app is opened, or the signal is back: what was pressed and is not with the server goes out, with its own time. */
  function resume(): void {
    if (state.call?.step === 'counting' && state.call.due > Date.now()) return count()
    hurry()
    void send()
  }

  uni.onNetworkStatusChange(({ isConnected }) => {
    if (isConnected) void send()
  })
  return { state, press, cancel, hurry, send, forget, resume }
}
