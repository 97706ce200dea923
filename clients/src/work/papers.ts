/** Small files that go with a request, and papers that are opened: in H5 by the browser, in WeChat by its reader. */

export async function base64Of(path: string): Promise<string> {
  // #ifdef H5
  const blob = await (await fetch(path)).blob()
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).split(',')[1] ?? '')
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(blob)
  })
  // #endif
  // #ifndef H5
  return uni.getFileSystemManager().readFileSync(path, 'base64') as string
  // #endif
}

export async function openPdf(name: string, content: string): Promise<void> {
  // #ifdef H5
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0))
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/pdf' }))
  link.download = name
  link.click()
  // #endif
  // #ifndef H5
  const filePath = `${(uni as unknown as { env: { USER_DATA_PATH: string } }).env.USER_DATA_PATH}/${name}`
  uni.getFileSystemManager().writeFileSync(filePath, content, 'base64')
  await uni.openDocument({ filePath, fileType: 'pdf', showMenu: true })
  // #endif
}
