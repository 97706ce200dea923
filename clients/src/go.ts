/** Ways through the client. */
export function go(page: string, values: Record<string, string> = {}): void {
  const query = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  uni.navigateTo({ url: `/pages/${page}${query ? `?${query}` : ''}` })
}

export function instead(page: string, values: Record<string, string> = {}): void {
  const query = Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  uni.redirectTo({ url: `/pages/${page}${query ? `?${query}` : ''}` })
}

/** Back where she came from; to the front page when she came by a link. */
export function back(front: string): void {
  if (getCurrentPages().length > 1) uni.navigateBack()
  else uni.reLaunch({ url: front })
}
