/** Photos and signatures wait on the phone until the server has them. IndexedDB in H5, the file system in WeChat. */
import { answer, headers, Unreached, urlOf } from '@/api/http'
import { session } from '@/session'
import { uuid } from '@/ids'

export interface Sending {
  local: string
  kind: string
  visit_id: string
  client_id: string
  /** The file's own, made here, by which the fact names it. */
  id: string
}

// #ifdef H5
const STORE = 'files'
let opened: Promise<IDBDatabase> | null = null

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('anjia', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  return opened
}

async function store<T>(mode: IDBTransactionMode, does: (files: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction(STORE, mode)
  const request = does(transaction.objectStore(STORE))
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result)
    transaction.onabort = transaction.onerror = () => reject(transaction.error)
  })
}

/** Photos come down to a size that a weak signal can carry; a wound is still sharp at 1600 px. */
async function smaller(blob: Blob): Promise<Blob> {
  if (!blob.type.startsWith('image/') || blob.type === 'image/png') return blob
  const longest = 1600
  try {
    const image = await createImageBitmap(blob)
    const scale = Math.min(1, longest / Math.max(image.width, image.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(image.width * scale)
    canvas.height = Math.round(image.height * scale)
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise((resolve) => canvas.toBlob((done) => resolve(done ?? blob), 'image/jpeg', 0.85))
  } catch {
    return blob
  }
}
// #endif

/** Keeps a copy of a picked or drawn file; returns its local name. */
export async function keepFile(path: string): Promise<string> {
  // #ifdef H5
  const local = uuid()
  const blob = await smaller(await (await fetch(path)).blob())
  await store('readwrite', (files) => files.put(blob, local))
  return local
  // #endif
  // #ifndef H5
  return new Promise((resolve, reject) =>
    uni.saveFile({ tempFilePath: path, success: (saved) => resolve(saved.savedFilePath), fail: reject }),
  )
  // #endif
}

/** An address the page can show. */
export async function showFile(local: string): Promise<string> {
  // #ifdef H5
  const blob = await store<Blob | undefined>('readonly', (files) => files.get(local))
  return blob ? URL.createObjectURL(blob) : ''
  // #endif
  // #ifndef H5
  return local
  // #endif
}

/** An address of a file that the server has; it is asked for with the token, so no address alone shows it. */
export async function fetchFile(id: string): Promise<string> {
  // #ifdef H5
  const response = await fetch(urlOf(`files/${id}`), { headers: headers() }).catch(() => {
    throw new Unreached()
  })
  return response.ok ? URL.createObjectURL(await response.blob()) : ''
  // #endif
  // #ifndef H5
  return new Promise((resolve) =>
    uni.downloadFile({ url: urlOf(`files/${id}`), header: headers(), success: (got) => resolve(got.statusCode === 200 ? got.tempFilePath : ''), fail: () => resolve('') }),
  )
  // #endif
}

export async function dropFile(local: string): Promise<void> {
  // #ifdef H5
  await store('readwrite', (files) => files.delete(local))
  // #endif
  // #ifndef H5
  uni.removeSavedFile({ filePath: local })
  // #endif
}

/** Sends it, or gives up after so many milliseconds: a line that hangs keeps nothing else waiting. */
export async function sendFile(sending: Sending, patience: number): Promise<void> {
  const header = headers({ 'Idempotency-Key': sending.client_id })
  const fields = {
    kind: sending.kind,
    visit_id: sending.visit_id,
    client_id: sending.client_id,
    file_id: sending.id,
  }
  const token = session.token
  // #ifdef H5
  const blob = await store<Blob | undefined>('readonly', (files) => files.get(sending.local))
  if (!blob) throw new Error('the file is gone from this phone')
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', blob, blob.type === 'image/png' ? `${sending.kind}.png` : `${sending.kind}.jpg`)
  const stopper = typeof AbortController === 'undefined' ? null : new AbortController()
  const over = setTimeout(() => stopper?.abort(), patience)
  const response = await fetch(urlOf('files'), { method: 'POST', headers: header, body: form, signal: stopper?.signal })
    .catch(() => {
      throw new Unreached()
    })
    .finally(() => clearTimeout(over))
  if ([502, 503, 504].includes(response.status)) throw new Unreached()
  const data: unknown = await response.json().catch(() => null)
  answer(response.status, data, token)
  // #endif
  // #ifndef H5
  return new Promise((resolve, reject) =>
    uni.uploadFile({
      url: urlOf('files'),
      filePath: sending.local,
      name: 'file',
      formData: fields,
      header,
      timeout: patience,
      success: (response) => {
        if ([502, 503, 504].includes(response.statusCode)) return reject(new Unreached())
        try {
          answer(response.statusCode, JSON.parse(response.data), token)
          resolve()
        } catch (refusal) {
          reject(refusal)
        }
      },
      fail: () => reject(new Unreached()),
    }),
  )
  // #endif
}
