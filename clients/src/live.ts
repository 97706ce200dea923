/** Tells a page that something it shows has changed. One stream in H5; where that fails, and in WeChat, it asks every ten seconds. */
import { watch } from 'vue'
import { headers } from './api/http'
import { session } from './session'

const EVERY = 10_000

/** Whatever can change what a page says about visits. */
export const VISITS = ['VisitPromised', 'VisitMoved', 'VisitCancelled', 'AssignmentChanged', 'FactRecorded', 'VisitDone'].map((name) => `visits.${name}`)

/** Whatever can change an order, or what a nurse has asked. */
export const ORDERS = ['OrderChanged', 'QuestionAsked', 'QuestionHanded', 'QuestionAnswered'].map((name) => `orders.${name}`)

/** A photo that a doctor is asked about has come: with the question, or after it. */
export const PHOTOS = 'questions.photos'

/** Calls `changed` after each change on these topics, until the returned function is called. */
export function watchLive(topics: string[], changed: () => void): () => void {
  let over = false
  let streaming = false
  let stopper: AbortController | null = null
  const poll = setInterval(() => {
    if (!streaming && isShown()) changed()
  }, EVERY)
  // A stream is of one person: for another one it begins anew.
  const unwatch = watch(
    () => [session.token, session.actingFor],
    () => stopper?.abort(),
  )
  // #ifdef H5
  void follow()
  // #endif

  async function follow(): Promise<void> {
    while (!over && session.token) {
      const mine = (stopper = typeof AbortController === 'undefined' ? null : new AbortController())
      try {
        // Not an EventSource: it can only carry the token in the address, where logs would keep it.
        const response = await fetch(`/live?topics=${encodeURIComponent(topics.join(','))}`, {
          headers: headers({ Accept: 'text/event-stream' }),
          signal: mine?.signal,
        })
        if (response.status >= 500) throw new Error('away') // it starts again: so do we
        if (!response.ok || !response.body) return
        streaming = true
        await each(response.body.getReader(), changed)
      } catch {
        // Nothing lost: the poll goes on below until the stream is back.
      }
      streaming = false
      if (!over && !mine?.signal.aborted) await new Promise((resolve) => setTimeout(resolve, EVERY))
    }
  }

  return () => {
    over = true
    clearInterval(poll)
    unwatch()
    stopper?.abort()
  }
}

async function each(reader: ReadableStreamDefaultReader<Uint8Array>, changed: () => void): Promise<void> {
  const decoder = new TextDecoder()
  let kept = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    kept += decoder.decode(value, { stream: true })
    const events = kept.split(/\r?\n\r?\n/)
    kept = events.pop() ?? ''
    if (events.some((event) => /^event: ?change$/m.test(event))) changed()
  }
}

function isShown(): boolean {
  // #ifdef H5
  return document.visibilityState !== 'hidden'
  // #endif
  // #ifndef H5
  return true
  // #endif
}
