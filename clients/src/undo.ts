/** Undo instead of "are you sure": the command waits ten seconds, and one press takes it back before it is sent. */
import { reactive } from 'vue'
import { sendWhatWasLeft, whileLeaving } from './api/http'
import { failureOf } from './ask'
import { t } from './i18n'

const SECONDS = 10

interface Waiting {
  words: string
  left: number
  failed: string
}
export const undo = reactive<Waiting>({ words: '', left: 0, failed: '' })

let act: (() => Promise<unknown>) | null = null
let takenBack: (() => void) | null = null
let ticking: ReturnType<typeof setInterval> | undefined

export function later(words: string, does: () => Promise<unknown>, onUndo: () => void = () => {}): void {
  undo.failed = ''
  void settle()  // if that fails it is said beside what waits now
  act = does
  takenBack = onUndo
  Object.assign(undo, { words, left: SECONDS })
  clearInterval(ticking)
  ticking = setInterval(() => {
    undo.left -= 1
    if (undo.left <= 0) void settle()
  }, 1000)
}

export function takeBack(): void {
  const was = takenBack
  clear()
  was?.()
}

/** Sends at once: time is up, another command comes, or she leaves the app. */
export async function settle(): Promise<void> {
  const does = act
  const was = takenBack
  clear()
  if (!does) return
  try {
    await does()
  } catch (error) {
    sayFailed(error)
    was?.()
  }
}

/** She leaves, or reloads: it is sent at once, and once more when she comes back, should nobody have heard the answer. */
export const leave = (): void => whileLeaving(() => void settle())
export const comeBack = (): void => void sendWhatWasLeft().catch(sayFailed)

function sayFailed(error: unknown): void {
  const failure = failureOf(error)
  undo.failed = t(failure.offline ? 'undo.unsure' : 'undo.failed', { words: failure.words })
}

export const dismiss = (): void => {
  undo.failed = ''
}

function clear(): void {
  clearInterval(ticking)
  act = null
  takenBack = null
  Object.assign(undo, { words: '', left: 0 })
}
