/** Drawings as SVG text in a data address: the one way that both a browser and a mini program can show. */
import qrcode from 'qrcode-generator'

export const dataUrl = (svg: string): string => `data:image/svg+xml,${encodeURIComponent(svg)}`

export function qrSvg(words: string): string {
  const code = qrcode(0, 'M')
  code.addData(words)
  code.make()
  const size = code.getModuleCount()
  let path = ''
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) if (code.isDark(row, column)) path += `M${column} ${row}h1v1h-1z`
  const box = `${-4} ${-4} ${size + 8} ${size + 8}`
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" shape-rendering="crispEdges"><path fill="#fff" d="M-4-4h${size + 8}v${size + 8}h-${size + 8}z"/><path fill="#23211d" d="${path}"/></svg>`
}
