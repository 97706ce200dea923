/**
 * Somebody calls for help. What she pressed is written to the phone before anything else happens, sent until the server
 * has it, and never said to have been heard before it was. One for each person: what waits for a signal for her mother is
 * in no way of what is pressed for her father, and goes on being sent. Only her cancel, within the seconds of the count, undoes it:
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
  const aside = `${key}/aside`
  const state = reactive<Calling>({ call: uni.getStorageSync(key) || null, left: 0 })
  /** Pressed for others, and not with the server yet (or refused, which nobody has read). */
  let waiting: Call[] = uni.getStorageSync(aside) || []
  let ticking: ReturnType<typeof setInterval> | undefined
  const again = new Map<string, ReturnType<typeof setTimeout>>()
  const tries = new Map<string, number>()
  const busy = new Set<string>()

  const write = () => {
    try {
      if (state.call) uni.setStorageSync(key, { ...state.call })
      else uni.removeStorageSync(key)
      uni.setStorageSync(aside, waiting)
    } catch {
      // A full phone calls for help all the same.
    }
  }
  const find = (id: string) => (state.call?.clientId === id ? state.call : waiting.find((one) => one.clientId === id))
  const keep = (id: string, change: Partial<Call>) => {
    const call = find(id)
    if (!call) return
    Object.assign(call, change)
    if (call !== state.call && call.step === 'sent') waiting = waiting.filter((one) => one !== call)
    write()
  }
  const isOfWhoIsHere = (call: Call): boolean => (session.me?.account.id ?? '') === call.account
  const isFor = (call: Call, actingFor: string): boolean => isOfWhoIsHere(call) && call.actingFor === actingFor

  /** Show the call that is for this person, if there is one. The one that is shown goes on by itself. */
  function open(actingFor: string): void {
    const shown = state.call
    if (shown && isFor(shown, actingFor)) return
    hurry()
    if (shown && ['sending', 'unsent'].includes(shown.step)) waiting = [...waiting, { ...shown }]
    state.call = waiting.find((one) => isFor(one, actingFor)) ?? null
    waiting = waiting.filter((one) => one.clientId !== state.call?.clientId)
    state.left = 0
    write()
  }

  function press(asked: Asked): void {
    open(asked.actingFor)
    if (state.call && state.call.step !== 'refused') return
    const { seconds, locates, ...said } = asked
    const id = uuid()
    state.call = {
      ...said,
      more: asked.more ?? {},
      clientId: id,
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
    write()
    const found = (position: Position | null) => {
      if (!position) return
      keep(id, { position })
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
    keep(state.call.clientId, { step: 'sending' })
    void send()
  }

  const isToPlace = (call: Call): boolean => call.step === 'sent' && !call.isPlaced && !!call.position
  const later = (id: string, ms: number) => {
    clearTimeout(again.get(id))
    again.set(id, setTimeout(() => void sendOne(id), ms))
  }

  async function send(): Promise<void> {
    await Promise.all([...(state.call ? [state.call] : []), ...waiting].map((one) => sendOne(one.clientId)))
  }

  async function sendOne(id: string): Promise<void> {
    const call = find(id)
    if (!call || busy.has(id) || !(['sending', 'unsent'].includes(call.step) || isToPlace(call))) return
    clearTimeout(again.get(id))
    const isPlacing = call.step === 'sent'
    if (!session.token || !isOfWhoIsHere(call)) {
      if (!isPlacing) keep(id, { step: 'unsent' }) // her account is not signed in here: it waits for it
      return later(id, PAUSES[3]! * 1000)
    }
    busy.add(id)
    const { position } = call
    try {
      const body = { client_id: id, pressed_at: call.pressedAt, position, ...call.more }
      // One key is for one content: what is tried again with the place is another request about the same call.
      const once = position ? call.placeKey : id
      const found = await tellOnce<{ id: string }>(path, body, once, call.actingFor, TIMEOUT)
      keep(id, { step: 'sent', caseId: found.id, isPlaced: !!position })
      const now = find(id)
      if (now && isToPlace(now)) later(id, 0)
    } catch (error) {
      const isFinal = error instanceof Refused && error.status < 500 && ![401, 429].includes(error.status)
      if (isFinal) keep(id, isPlacing ? { isPlaced: true } : { step: 'refused', words: (error as Refused).detail })
      else if (find(id)) {
        if (!isPlacing) keep(id, { step: 'unsent' })
        const tried = tries.get(id) ?? 0
        tries.set(id, tried + 1)
        later(id, PAUSES[Math.min(tried, PAUSES.length - 1)]! * 1000)
      }
    } finally {
      busy.delete(id)
    }
  }

  function forget(): void {
    clearInterval(ticking)
    if (state.call) clearTimeout(again.get(state.call.clientId))
    state.call = null
    state.left = 0
    write()
  }

  /** The app is opened, or the signal is back: what was pressed and is not with the server goes out, with its own time. */
  function resume(): void {
    void send()
    if (state.call?.step === 'counting' && state.call.due > Date.now()) return count()
    hurry()
  }

  uni.onNetworkStatusChange(({ isConnected }) => {
    if (isConnected) void send()
  })
  return { state, open, press, cancel, hurry, send, forget, resume }
}
