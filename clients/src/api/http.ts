/** One way to the server: token, whom we act for, language, and refusals in words. */
import { uuid } from '@/ids'
import { language, t } from '@/i18n'

const ROOT = `${import.meta.env.VITE_ANJIA_SERVER ?? ''}/api/v1/`
const TIMEOUT = 15_000
const TRIES = 3

/** The server said no, and why. `detail` may be shown as it is. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: Record<string, string>,
  ) {
    super(detail)
  }
}

/** We do not know whether the server heard us. */
export class Unreached extends Error {
  constructor() {
    super(t('fail.offline'))
  }
}

interface Who {
  token: string
  actingFor: string
}
let who: () => Who = () => ({ token: '', actingFor: '' })
let signedOut: () => void = () => {}
let notFound: () => void = () => {}

/** `notFound` is told when something of whom she acts for is not there, or not hers to see any more. */
export function connect(options: { who: () => Who; signedOut: () => void; notFound: () => void }): void {
  ;({ who, signedOut, notFound } = options)
}

export const urlOf = (path: string): string => ROOT + path

export function headers(more: Record<string, string> = {}): Record<string, string> {
  const { token, actingFor } = who()
  return {
    'Accept-Language': language() === 'en' ? 'en' : 'zh-Hans',
    ...(token ? { Authorization: `Bearer ${token}` } : {}),
    ...(actingFor ? { 'X-Acting-For': actingFor } : {}),
    ...more,
  }
}

/** What the server answered with: its data, or its refusal as an error. */
export function answer<T>(status: number, data: unknown, sentToken: string): T {
  if (status < 400) return data as T
  const body = (data && typeof data === 'object' ? data : {}) as { code?: string; detail?: unknown; fields?: Record<string, string> }
  if (status === 401 && sentToken && sentToken === who().token) signedOut()
  if (status >= 500 && !body.code) throw new Refused(status, 'server', t('fail.server'), {})
  const detail = typeof body.detail === 'string' && body.detail ? body.detail : t('fail.refused')
  throw new Refused(status, body.code ?? String(status), detail, body.fields ?? {})
}

function once<T>(
  method: 'GET' | 'POST',
  path: string,
  data: object | undefined,
  header: Record<string, string>,
  timeout = TIMEOUT,
): Promise<T> {
  const sentToken = who().token
  return new Promise((resolve, reject) => {
    uni.request({
      url: urlOf(path),
      method,
      data: data as UniApp.RequestOptions['data'],
      header,
      timeout,
      success: (response) => {
        // A gateway that cannot reach the server has not let it hear us either.
        if (response.statusCode === 0 || [502, 503, 504].includes(response.statusCode)) return reject(new Unreached())
        if (response.statusCode === 404 && path !== 'me' && header['X-Acting-For'] && header['X-Acting-For'] === who().actingFor) notFound()
        try {
          resolve(answer<T>(response.statusCode, response.data, sentToken))
        } catch (refusal) {
          reject(refusal)
        }
      },
      fail: () => reject(new Unreached()),
    })
  })
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function query(values: Record<string, string | number | undefined>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined && value !== '')
  return pairs.length ? `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value!)}`).join('&')}` : ''
}

export async function get<T>(path: string, values: Record<string, string | number | undefined> = {}): Promise<T> {
  await arrived
  return once<T>('GET', path + query(values), undefined, headers())
}

/** Sends once as far as the server is concerned: it is tried again with the same key until there is an answer. */
export async function post<T>(path: string, data: object = {}, key: string = uuid()): Promise<T> {
  const { actingFor } = who()
  if (isLeaving) uni.setStorageSync(LEFT, { path, data, key, ...who() } satisfies Left)
  try {
    return await tellOften<T>(path, data, key, actingFor)
  } finally {
    forgetLeft(key)
  }
}

async function tellOften<T>(path: string, data: object, key: string, actingFor: string): Promise<T> {
  const header = headersOf(key, actingFor)
  for (let tried = 1; ; tried++) {
    try {
      return await once<T>('POST', path, data, header)
    } catch (error) {
      if (!(error instanceof Unreached) || tried === TRIES) throw error
      await pause(400 * tried * tried)
    }
  }
}

/** What was sent on the way out, and by whom: a page that is gone takes the answer with it, and at times the command. */
interface Left extends Who {
  path: string
  data: object
  key: string
}
const LEFT = 'left'
let isLeaving = false
let arrived: Promise<unknown> = Promise.resolve()

/** Keeps on the phone what `does` sends at once, until it is answered. */
export function whileLeaving(does: () => void): void {
  isLeaving = true
  try {
    does()
  } finally {
    isLeaving = false
  }
}

/** Sends once more what nobody heard the answer to; what is asked meanwhile waits, so that it shows what came of it. */
export function sendWhatWasLeft(): Promise<unknown> {
  const left = whatWasLeft()
  if (!left || left.token !== who().token) return arrived
  const sent = tellOften(left.path, left.data, left.key, left.actingFor).finally(() => forgetLeft(left.key))
  arrived = sent.catch(() => undefined)
  return sent
}

const whatWasLeft = (): Left | null => (uni.getStorageSync(LEFT) as Left | '') || null

function forgetLeft(key: string): void {
  if (whatWasLeft()?.key === key) uni.removeStorageSync(LEFT)
}

/** Tries once, for somebody: who waits for help is told after seconds that it did not get through. */
export const tellOnce = <T>(path: string, data: object, key: string, actingFor: string, timeout: number): Promise<T> =>
  once<T>('POST', path, data, headersOf(key, actingFor), timeout)

const headersOf = (key: string, actingFor: string): Record<string, string> =>
  headers({ 'Idempotency-Key': key, 'Content-Type': 'application/json', ...(actingFor ? { 'X-Acting-For': actingFor } : {}) })
