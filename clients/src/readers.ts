/** Who has read a record, told so that nobody is lost in it: the same eyes on the same thing on one day are one line. */
import type { Page, Reader } from './api/types'
import { dayOf } from './when'

export interface Eyes extends Reader {
  since: string
  count: number
}

/** Rows come latest first, and so do the lines. */
export function together(rows: Reader[]): Eyes[] {
  const lines = new Map<string, Eyes>()
  for (const row of rows) {
    const key = [dayOf(row.at), row.who, row.organization, row.what, row.purpose].join('\n')
    const line = lines.get(key)
    if (line) Object.assign(line, { since: row.at, count: line.count + 1 })
    else lines.set(key, { ...row, since: row.at, count: 1 })
  }
  return [...lines.values()]
}

const LINES = 8
const PAGES = 6

/** Read on until there are some lines more than the `known` make. */
export async function readOn(ask: (after: string) => Promise<Page<Reader>>, known: Reader[] = [], after = ''): Promise<Page<Reader>> {
  const wanted = together(known).length + LINES
  let items = known
  let next: string | null = after
  for (let page = 0; page < PAGES && next !== null && together(items).length < wanted; page++) {
    const answer: Page<Reader> = await ask(next)
    items = [...items, ...answer.items]
    next = answer.next
  }
  return { items, next }
}
