/** Where the phone is, in WGS-84. Nothing is kept here, and a phone that cannot tell is not an error. */
export interface Position {
  latitude: number
  longitude: number
  accuracy_m: number
}

const LONGEST = 12_000

export function whereAmI(): Promise<Position | null> {
  return new Promise((resolve) => {
    // #ifdef H5
    if (!navigator.geolocation) return resolve(null)
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude, accuracy_m: Math.round(coords.accuracy) }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: LONGEST, maximumAge: 30_000 },
    )
    // #endif
    // #ifndef H5
    uni.getLocation({
      type: 'wgs84',
      isHighAccuracy: true,
      highAccuracyExpireTime: LONGEST,
      success: (found) => resolve({ latitude: found.latitude, longitude: found.longitude, accuracy_m: Math.round(found.accuracy) }),
      fail: () => resolve(null),
    })
    // #endif
  })
}

/** Where the phone is, if it may say so already: who calls for help is not stopped by a question. */
export async function whereIfAllowed(): Promise<Position | null> {
  // #ifdef H5
  const may = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null)
  return may?.state === 'granted' ? whereAmI() : null
  // #endif
  // #ifndef H5
  const setting = await new Promise<Record<string, boolean | undefined>>((resolve) =>
    uni.getSetting({ success: (found) => resolve(found.authSetting as unknown as Record<string, boolean | undefined>), fail: () => resolve({}) }),
  )
  return setting['scope.userLocation'] ? whereAmI() : null
  // #endif
}

const EARTH_M = 6_371_000
const radians = (degrees: number): number => (degrees * Math.PI) / 180

/** Metres as the crow flies: enough to tell next door from the next town. */
export function metresBetween(one: { latitude: number; longitude: number }, other: { latitude: number; longitude: number }): number {
  const north = radians(other.latitude - one.latitude)
  const east = radians(other.longitude - one.longitude) * Math.cos(radians(one.latitude))
  return EARTH_M * Math.hypot(north, east)
}

/** Opens the phone's own map. In H5 an address the phone's map app understands; no map service is named or asked. */
export function showWay(to: { latitude: number; longitude: number }, name: string): void {
  // #ifdef H5
  const isApple = /iPhone|iPad|Macintosh/.test(navigator.userAgent)
  const at = `${to.latitude},${to.longitude}`
  location.href = isApple ? `maps://?daddr=${at}&q=${encodeURIComponent(name)}` : `geo:${at}?q=${at}(${encodeURIComponent(name)})`
  // #endif
  // #ifndef H5
  const shown = toGcj02(to)
  uni.openLocation({ ...shown, name, scale: 17 })
  // #endif
}

/** Chinese maps are drawn shifted (GCJ-02). Only for showing: what is kept stays WGS-84. */
export function toGcj02(point: { latitude: number; longitude: number }): { latitude: number; longitude: number } {
  const { latitude, longitude } = point
  if (longitude < 72 || longitude > 137.9 || latitude < 0.8 || latitude > 55.9) return point
  const x = longitude - 105
  const y = latitude - 35
  const root = Math.sqrt(Math.abs(x))
  const wave = ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
  north += ((20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2) / 3
  north += ((160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2) / 3
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
  east += ((20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2) / 3
  east += ((150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2) / 3
  const radius = 6378245
  const flattening = 0.00669342162296594323
  const angle = (latitude / 180) * Math.PI
  const magic = 1 - flattening * Math.sin(angle) ** 2
  return {
    latitude: latitude + (north * 180) / (((radius * (1 - flattening)) / (magic * Math.sqrt(magic))) * Math.PI),
    longitude: longitude + (east * 180) / ((radius / Math.sqrt(magic)) * Math.cos(angle) * Math.PI),
  }
}
