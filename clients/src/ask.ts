/** Asking and sending, with the states every page must show. */
import { ref, type Ref } from 'vue'
import { Refused, Unreached } from './api/http'
import { uuid } from './ids'
import { t } from './i18n'

export interface Failure {
  words: string
  offline: boolean
  code: string
  fields: Record<string, string>
}

export function failureOf(error: unknown): Failure {
  if (error instanceof Refused) return { words: error.detail, offline: false, code: error.code, fields: error.fields }
  if (error instanceof Unreached) return { words: error.message, offline: true, code: 'offline', fields: {} }
  console.error(error)
  return { words: t('fail.server'), offline: false, code: 'client', fields: {} }
}

export interface Asked<T> {
  data: Ref<T | null>
  failure: Ref<Failure | null>
  busy: Ref<boolean>
  load: () => Promise<void>
}

/** A question a page asks when it appears, and again. Old data stays while the new is fetched; a late answer never wins. */
export function useAsk<T>(question: () => Promise<T>): Asked<T> {
  const data = ref<T | null>(null) as Ref<T | null>
  const failure = ref<Failure | null>(null)
  const busy = ref(false)
  let turn = 0
  async function load(): Promise<void> {
    const mine = ++turn
    busy.value = true
    try {
      const answer = await question()
      if (mine !== turn) return
      data.value = answer
      failure.value = null
    } catch (error) {
      if (mine === turn) failure.value = failureOf(error)
    } finally {
      if (mine === turn) busy.value = false
    }
  }
  return { data, failure, busy, load }
}

/** A command behind a button. While its fate is unknown, pressing again sends the same key, so it can happen only once. */
export function useSend<A extends unknown[], T>(command: (key: string, ...args: A) => Promise<T>) {
  const failure = ref<Failure | null>(null)
  const busy = ref(false)
  let key = ''
  let sent = ''
  async function send(...args: A): Promise<T | undefined> {
    if (busy.value) return undefined
    const now = JSON.stringify(args)
    if (!key || now !== sent) key = uuid()
    sent = now
    busy.value = true
    failure.value = null
    try {
      const answer = await command(key, ...args)
      key = ''
      return answer
    } catch (error) {
      failure.value = failureOf(error)
      if (!failure.value.offline) key = ''
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { failure, busy, send }
}
