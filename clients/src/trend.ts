/** A trend as a drawing: the target band lies on the good side and says so, missing days are a gap, what is out of band is ringed. */
import type { Band, Trend } from './api/types'

const COLOURS = { line: ['#17594a', '#b45a1c'], ink: '#4a453d', strong: '#23211d', band: '#dcebe4', edge: '#5e9c86', words: '#0e3429', bad: '#8c1a1a' }
const WIDTH = 326
const HEIGHT = 300
const LEFT = 46
const RIGHT = 318
const TOP = 24
const BOTTOM = 250
const GAP_DAYS = 4
const MANY = 4
const FONT = "'PingFang SC','HarmonyOS Sans SC',MiSans,'Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei',system-ui,sans-serif"

export interface Series {
  points: { at: number; value: number; out: boolean }[]
  band: Band | null
}

export function seriesOf(trend: Trend): Series[] {
  const isPressure = trend.points.some((point) => typeof point.systolic === 'number')
  const take = (name: 'value' | 'systolic' | 'diastolic', band: Band | null | undefined): Series => ({
    band: band ?? null,
    points: trend.points
      .filter((point) => typeof point[name] === 'number')
      .map((point) => ({ at: new Date(point.at).getTime(), value: point[name]!, out: isOut(point[name]!, band, point.out_of_band) }))
      .sort((a, b) => a.at - b.at),
  })
  return isPressure ? [take('systolic', trend.bands?.systolic), take('diastolic', trend.bands?.diastolic)] : [take('value', trend.band)]
}

function isOut(value: number, band: Band | null | undefined, told: boolean | null | undefined): boolean {
  if (!band) return told ?? false
  return (band.low !== null && value < band.low) || (band.high !== null && (value > band.high || (value === band.high && band.high_included === false)))
}

export interface Labels {
  from: string
  to: string
  band: (band: Band, index: number) => string
}

export function trendSvg(series: Series[], from: number, to: number, type: number, labels: Labels): string {
  const values = series.flatMap((each) => [...each.points.map((point) => point.value), ...edges(each.band)])
  const [low, high] = rounded(Math.min(...values), Math.max(...values))
  const x = (at: number) => LEFT + 6 + ((at - from) / Math.max(1, to - from)) * (RIGHT - LEFT - 12)
  const y = (value: number) => BOTTOM - ((value - low) / (high - low)) * (BOTTOM - TOP)
  const parts: string[] = []
  const words: string[] = []
  const ticks = new Map<number, boolean>([[low, false], [high, false]])
  for (const each of series) {
    const band = each.band
    if (!band || (band.low === null && band.high === null)) continue
    const upper = band.high === null ? high : Math.min(band.high, high)
    const below = series[1]?.band?.high
    // Two targets share the axis: the upper band ends before the lower one begins, with room for its words.
    const floor = each === series[0] && typeof below === 'number' ? upper - (upper - below) * 0.75 : low
    const lower = band.low === null ? floor : Math.max(band.low, low)
    parts.push(`<rect x="${LEFT}" y="${n(y(upper))}" width="${RIGHT - LEFT}" height="${n(Math.max(4, y(lower) - y(upper)))}" fill="${COLOURS.band}"/>`)
    for (const edge of edges(band)) {
      parts.push(`<path d="M${LEFT} ${n(y(edge))}H${RIGHT}" stroke="${COLOURS.edge}" stroke-width="2" stroke-dasharray="7 5"/>`)
      ticks.set(edge, true)
    }
    words.push(`<text x="${LEFT + 8}" y="${n(Math.max(y(lower) - 8, y(upper) + type + 2))}" font-weight="700" fill="${COLOURS.words}" stroke="${COLOURS.band}" stroke-width="5" stroke-linejoin="round" paint-order="stroke">${safe(labels.band(band, series.indexOf(each)))}</text>`)
  }
  series.forEach((each, index) => {
    const dash = index === 1 ? ' stroke-dasharray="1 7"' : ''
    parts.push(`<path d="${line(each, x, y)}" fill="none" stroke="${COLOURS.line[index]}" stroke-width="4" stroke-linejoin="round" stroke-linecap="round"${dash}/>`)
    const isMany = each.points.filter((point) => point.out).length > MANY
    for (const point of each.points)
      if (point.out) parts.push(`<circle cx="${n(x(point.at))}" cy="${n(y(point.value))}" r="${isMany ? 4.5 : 7}" fill="#fff" stroke="${COLOURS.bad}" stroke-width="${isMany ? 2.5 : 3.5}"/>`)
    const last = each.points[each.points.length - 1]
    if (last && !last.out) parts.push(`<circle cx="${n(x(last.at))}" cy="${n(y(last.value))}" r="7" fill="${COLOURS.line[index]}"/>`)
  })
  parts.push(...words)
  const placed: number[] = []
  for (const [value, isEdge] of [...ticks].sort((a, b) => Number(b[1]) - Number(a[1]))) {
    const at = y(value) + type * 0.35
    if (placed.some((other) => Math.abs(other - at) < type)) continue
    placed.push(at)
    parts.push(`<text x="${LEFT - 6}" y="${n(at)}" text-anchor="end" fill="${isEdge ? COLOURS.strong : COLOURS.ink}"${isEdge ? ' font-weight="700"' : ''}>${value}</text>`)
  }
  parts.push(`<text x="${LEFT}" y="${BOTTOM + type + 12}" fill="${COLOURS.ink}">${safe(labels.from)}</text><text x="${RIGHT}" y="${BOTTOM + type + 12}" text-anchor="end" fill="${COLOURS.ink}">${safe(labels.to)}</text>`)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="${FONT}" font-size="${type}">${parts.join('')}</svg>`
}

function edges(band: Band | null): number[] {
  return band ? [band.low, band.high].filter((edge): edge is number => edge !== null && edge !== undefined) : []
}

function rounded(low: number, high: number): [number, number] {
  const span = Math.max(high - low, Math.abs(high) * 0.05, 0.5)
  const step = span > 40 ? 10 : span > 8 ? 2 : span > 2 ? 1 : 0.5
  return [Math.floor((low - span * 0.12) / step) * step, Math.ceil((high + span * 0.12) / step) * step]
}

/** Joined while there are readings every few days; a longer silence is left open. */
function line(series: Series, x: (at: number) => number, y: (value: number) => number): string {
  let path = ''
  let before = -Infinity
  for (const point of series.points) {
    const isGap = point.at - before > GAP_DAYS * 24 * 3600_000
    path += `${isGap ? 'M' : 'L'}${n(x(point.at))} ${n(y(point.value))}${isGap ? 'h.01' : ''}`
    before = point.at
  }
  return path
}

const n = (value: number): string => value.toFixed(1).replace(/\.0$/, '')
const safe = (words: string): string => words.replace(/&/g, '&amp;').replace(/</g, '&lt;')
