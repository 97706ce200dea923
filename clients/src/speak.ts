/** Read aloud with the phone's own voice. Nothing leaves the phone; where there is no voice there is no button. */
import { ref } from 'vue'
import { language } from './i18n'

export const speaking = ref(false)

export function canSpeak(): boolean {
  // #ifdef H5
  return typeof speechSynthesis !== 'undefined' && typeof SpeechSynthesisUtterance !== 'undefined'
  // #endif
  // #ifndef H5
  return false
  // #endif
}

export function hush(): void {
  if (!canSpeak()) return
  speechSynthesis.cancel()
  speaking.value = false
}

/** Reads the page that is on the screen, or stops. */
export function readAloud(): void {
  if (!canSpeak()) return
  if (speaking.value) return hush()
  const shown = Array.from(document.querySelectorAll<HTMLElement>('.page-words')).find((each) => each.offsetParent !== null)
  const utterance = new SpeechSynthesisUtterance(shown?.innerText ?? '')
  utterance.lang = language() === 'en' ? 'en' : 'zh-CN'
  utterance.rate = 0.9
  utterance.onend = utterance.onerror = () => {
    speaking.value = false
  }
  speaking.value = true
  speechSynthesis.speak(utterance)
}
