/** How large the type is: 长辈版, and the person's own text size on top. */
import { computed, reactive } from 'vue'

const KEY = 'reading'

/** What the phone is set to: 1 unless its owner has asked for larger type. */
function ofSystem(): number {
  // #ifdef H5
  const probe = document.createElement('div')
  probe.style.cssText = 'position:absolute;visibility:hidden;font-size:medium'
  document.body.appendChild(probe)
  const size = parseFloat(getComputedStyle(probe).fontSize) / 16
  probe.remove()
  return clamp(size)
  // #endif
  // #ifndef H5
  return clamp((uni.getSystemInfoSync().fontSizeSetting ?? 16) / 16)
  // #endif
}

function clamp(scale: number): number {
  return Math.min(2, Math.max(1, scale || 1))
}

interface Kept {
  elder: boolean
  scale: number
}
const kept = (uni.getStorageSync(KEY) || {}) as Partial<Kept>

export const reading = reactive<Kept>({ elder: kept.elder ?? false, scale: kept.scale ?? 0 })

/** 0 means: as the phone is set. */
export const textScale = computed(() => clamp(reading.scale || ofSystem()))

export function read(next: Partial<Kept>): void {
  Object.assign(reading, next)
  uni.setStorageSync(KEY, { ...reading })
}
