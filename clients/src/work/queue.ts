/**
 * Facts from the field. Each is written to the phone before anything else happens, under a key of its own (so that two
 * windows cannot overwrite each other), sent in order, and kept until the server has acknowledged its client_id.
 */
import { computed, reactive, ref } from 'vue'
import { work } from '@/api'
import { Refused, Unreached } from '@/api/http'
import type { Fact, FactKind } from '@/api/types'
import { failureOf } from '@/ask'
import { uuid } from '@/ids'
import { session } from '@/session'
import { dropFile, sendFile } from './files'

const PREFIX = 'fact:'
const BATCH = 40
/** Somebody waits for these: they go before their photo, however good the signal. */
const URGENT: FactKind[] = ['question', 'exception']
/** So many milliseconds a photo may keep facts waiting; and so many it may take once they have gone. */
const BEFORE_FACTS = 8_000
const AFTER_FACTS = 180_000
const PAUSES = [5, 15, 30, 60]

/** A file that the fact names by an id made here: where the signal is too weak for it, it follows later. */
interface Attached {
  local: string
  kind: string
  field: string
  id: string
}
export interface Waiting {
  fact: Fact
  account: string
  order: number
  file: Attached | null
  refused: string
  code?: string
  /** The server has the fact, and not yet its file. */
  told?: boolean
}

/** What this server does not know yet, its next version may: it is sent again when the app is opened. */
const NOT_KNOWN_YET = 'visits.fact_of_unknown_kind'

const entries = reactive(new Map<string, Waiting>())
/** Acknowledged since the app started, until a page has them from the server. */
const sent = reactive(new Map<string, Fact>())
export const conflicts = reactive(new Map<string, string>())
export const isFull = ref(false)
export const isSending = ref(false)

for (const key of uni.getStorageInfoSync().keys) {
  if (!key.startsWith(PREFIX)) continue
  const entry = uni.getStorageSync(key) as Waiting
  if (entry?.fact) entries.set(entry.fact.client_id, entry)
}

export const waiting = computed(() =>
  [...entries.values()].filter((entry) => entry.account === session.me?.account.id).sort((a, b) => a.order - b.order),
)

/** Facts of a visit that this phone knows of and the server's answer may not yet hold. */
export function factsHere(visitId: string): Fact[] {
  const mine = waiting.value.filter((entry) => entry.fact.visit_id === visitId).map((entry) => entry.fact)
  return [...[...sent.values()].filter((fact) => fact.visit_id === visitId), ...mine]
}

/** The local file of a fact that waits, to show what was taken. */
export const fileOf = (clientId: string): string => entries.get(clientId)?.file?.local ?? ''

let last = 0
export function happened(
  visitId: string,
  kind: FactKind,
  content: Record<string, unknown> = {},
  file: Omit<Attached, 'id'> | null = null,
): Fact {
  const now = new Date()
  const named = file && { ...file, id: uuid() }
  const whole = named ? { ...content, [named.field]: named.id } : content
  const fact: Fact = { client_id: uuid(), visit_id: visitId, kind, occurred_at: now.toISOString(), content: whole }
  last = Math.max(last + 1, now.getTime())
  save({ fact, account: session.me?.account.id ?? '', order: last, file: named, refused: '' })
  void flush()
  return fact
}

function save(entry: Waiting): void {
  entries.set(entry.fact.client_id, entry)
  try {
    uni.setStorageSync(PREFIX + entry.fact.client_id, entry)
    isFull.value = false
  } catch {
    isFull.value = true
  }
}

function acknowledged(entry: Waiting): void {
  sent.set(entry.fact.client_id, entry.fact)
  entries.delete(entry.fact.client_id)
  uni.removeStorageSync(PREFIX + entry.fact.client_id)
}

/** The fact stays; only its sending is tried again. */
export function tryAgain(which: (entry: Waiting) => boolean = () => true): void {
  for (const entry of waiting.value) if (entry.refused && which(entry)) save({ ...entry, refused: '', code: '' })
  void flush()
}

let timer: ReturnType<typeof setTimeout> | undefined
let failures = 0
let wanted = false

export async function flush(): Promise<void> {
  if (isSending.value) {
    wanted = true
    return
  }
  if (!session.token || !session.me) return
  clearTimeout(timer)
  isSending.value = true
  try {
    do {
      wanted = false
      await sendAll()
    } while (wanted)
    failures = 0
  } catch (error) {
    if (!(error instanceof Unreached)) console.error(error)
    timer = setTimeout(() => void flush(), PAUSES[Math.min(failures++, PAUSES.length - 1)]! * 1000)
  } finally {
    isSending.value = false
  }
}

async function sendAll(): Promise<void> {
  let filesPass = true
  for (;;) {
    const next = waiting.value.filter((entry) => !entry.refused && !entry.told).slice(0, BATCH)
    if (!next.length) break
    const ready: Waiting[] = []
    for (const entry of next) {
      const goesFirst = URGENT.includes(entry.fact.kind)
      const whole = filesPass && !goesFirst ? await withFile(entry, BEFORE_FACTS).catch(() => null) : null
      if (entry.file && !whole && !goesFirst) filesPass = false // a photo that does not get through keeps nobody's arrival back
      ready.push(whole ?? entry)
    }
    await sendFacts(ready)
  }
  for (const entry of waiting.value.filter((each) => each.told && !each.refused)) {
    try {
      acknowledged(await withFile(entry, AFTER_FACTS))
    } catch (error) {
      refuse(entry, error)
    }
  }
}

async function withFile(entry: Waiting, patience: number): Promise<Waiting> {
  if (!entry.file) return entry
  const { local, kind, id } = entry.file
  await sendFile({ local, kind, id, visit_id: entry.fact.visit_id, client_id: entry.fact.client_id }, patience)
  const whole = { ...entry, file: null }
  save(whole)
  await dropFile(local).catch(() => undefined)
  return whole
}

async function sendFacts(ready: Waiting[]): Promise<void> {
  try {
    const { accepted, refused = [] } = await work.facts(ready.map((entry) => entry.fact), uuid())
    const known = new Map(accepted.map((each) => [each.client_id, each]))
    for (const entry of ready) {
      const found = known.get(entry.fact.client_id)
      if (found?.conflict) conflicts.set(entry.fact.client_id, found.conflict)
      if (found && entry.file) save({ ...entry, told: true })
      else if (found) acknowledged(entry)
    }
    for (const entry of ready) {
      const no = refused.find((each) => each.client_id === entry.fact.client_id)
      if (no) save({ ...entry, refused: [no.words, ...Object.values(no.fields)].join(' '), code: no.code })
    }
    if (!accepted.length && !refused.length) throw new Unreached()
  } catch (error) {
    if (!(error instanceof Refused) || ready.length === 1) return refuse(ready[0]!, error)
    // One of them is at fault: find it, and let the others through.
    for (const entry of ready) await sendFacts([entry])
  }
}

/** A refusal for good is shown and kept. Whatever may pass by itself stops the sending until later. */
function refuse(entry: Waiting, error: unknown): void {
  const passes = !(error instanceof Refused) || error.status >= 500 || error.status === 429 || error.status === 401
  if (passes && !(error instanceof Error && /gone from this phone/.test(error.message))) throw error
  save({ ...entry, refused: failureOf(error).words })
}

let listening = false
export function keepSending(): void {
  tryAgain((entry) => entry.code === NOT_KNOWN_YET)
  if (listening) return
  listening = true
  uni.onNetworkStatusChange(({ isConnected }) => {
    if (isConnected) void flush()
  })
}
