/** What was last seen of a day or a visit, so that it can be read without a signal. Gone at sign-out. */
import { SEEN, session } from '@/session'

const name = (key: string) => `${SEEN}${session.me?.account.id ?? ''}:${key}`

export function keep(key: string, data: unknown): void {
  try {
    uni.setStorageSync(name(key), data)
  } catch {
    // A full phone must keep its facts; what was only seen can be asked again.
  }
}

export const kept = <T>(key: string): T | null => (uni.getStorageSync(name(key)) as T) || null
