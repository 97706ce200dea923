// What is shipped: no vendor's host, no code made from text, no stand-in server, and not too large.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const wrong = []
const walk = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(join(folder, e.name)) : [join(folder, e.name)]))
const [h5, miniProgram] = process.argv.slice(2)
const LIMITS = { [h5]: 1_000_000, [miniProgram]: 1_500_000 }
// Named in code that never asks them: a namespace, and help in developer messages.
const NAMED = ['www.w3.org', 'vuejs.org', 'vue-i18n.intlify.dev', 'github.com', 'tabler.io']
for (const [folder, limit] of Object.entries(LIMITS)) {
  let size = 0
  for (const file of walk(folder)) {
    size += statSync(file).size
    if (!/\.(js|css|html|json|wxml|wxss)$/.test(file)) continue
    const text = readFileSync(file, 'utf8')
    if (/dcloud\.net|dcloud\.io/.test(text)) wrong.push(`${file} names its maker's host`)
    if (/\bnew Function\(|[^.\w]eval\(/.test(text) && !/vendor\.js$/.test(file)) wrong.push(`${file} makes code from text`)
    for (const match of text.matchAll(/https?:\/\/([a-z0-9.-]+\.[a-z]{2,})/gi)) if (!NAMED.includes(match[1])) wrong.push(`${file} names ${match[1]}`)
  }
  console.log(`${folder} ${Math.round(size / 1024)} KB`)
  if (size > limit) wrong.push(`${folder} has ${size} bytes, more than ${limit}`)
}
if (wrong.length) {
  console.log([...new Set(wrong)].join('\n'))
  process.exit(1)
}
