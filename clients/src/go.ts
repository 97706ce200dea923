/** Ways through the client. */
export function go(page: string, values: Record<string, string> = {}): void {
  uni.navigateTo({ url: urlOf(page, values) })
}

export function instead(page: string, values: Record<string, string> = {}): void {
  uni.redirectTo({ url: urlOf(page, values) })
}

/** To a page behind which only the front page lies: what led to it is done. */
export function afresh(page: string, values: Record<string, string> = {}): void {
  uni.reLaunch({ url: urlOf(page, values) })
}

/** Back where she came from; to the front page when she came by a link. */
export function back(front: string): void {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else uni.reLaunch({ url: front })
}

function urlOf(page: string, values: Record<string, string>): string {
  const query = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  return `/pages/${page}${query ? `?${query}` : ''}`
}
