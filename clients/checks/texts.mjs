// Every text in both languages, used and known; no text in code; every icon drawn.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const wrong = []
const SRC = 'src'
const walk = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(join(folder, e.name)) : [join(folder, e.name)]))

async function messages(name) {
  const code = ts.transpileModule(readFileSync(`${SRC}/locales/${name}.ts`, 'utf8'), { compilerOptions: { module: 'ESNext', target: 'ESNext' } })
  return (await import(`data:text/javascript;base64,${Buffer.from(code.outputText).toString('base64')}`)).default
}
const flat = (tree, at = '') => Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[at + key, value]] : flat(value, `${at}${key}.`)))
const zh = new Map(flat(await messages('zh-Hans')))
const en = new Map(flat(await messages('en')))

const holes = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join()
for (const [key, text] of zh) {
  if (!en.has(key)) wrong.push(`no English: ${key}`)
  else if ([...holes(en.get(key))].some((c) => !holes(text).includes(c)) || holes(en.get(key)) !== holes(text)) {
    // A language may leave a value out, but may not ask for one that is not given.
    const given = new Set(holes(text).split(','))
    for (const hole of holes(en.get(key)).split(',')) if (hole && !given.has(hole)) wrong.push(`${key}: English asks for {${hole}}`)
  }
}
for (const key of en.keys()) if (!zh.has(key)) wrong.push(`no Chinese: ${key}`)
for (const [key, text] of en) if (/[\u4e00-\u9fff]/.test(text) && !['me.chinese', 'me.other_language'].includes(key)) wrong.push(`Chinese in English: ${key}`)
for (const [key, text] of [...zh, ...en]) if (/[!！]/.test(text)) wrong.push(`exclamation mark: ${key}`)

const icons = new Set([...readFileSync(`${SRC}/styles/icons.css`, 'utf8').matchAll(/^\.i-([a-z0-9-]+)/gm)].map((m) => m[1]))
const used = new Set()
const prefixes = new Set()
for (const file of walk(SRC)) {
  if (!/\.(vue|ts)$/.test(file) || file.includes('locales')) continue
  const source = readFileSync(file, 'utf8')
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/<!--[\s\S]*?-->/g, '').replace(/(^|\s)\/\/.*$/gm, '')
  const chinese = /[\u4e00-\u9fff]/.exec(code)
  if (chinese) wrong.push(`${file}: text in code near "${code.slice(Math.max(0, chinese.index - 20), chinese.index + 10).trim()}"`)
  for (const match of code.matchAll(/\b(?:t|te|inChinese)\(\s*(?:[^'"`()]*\?\s*)?'([\w.-]+)'(?:\s*:\s*'([\w.-]+)')?/g)) [match[1], match[2]].forEach((key) => key && used.add(key))
  for (const match of code.matchAll(/'([a-z_]+(?:\.[a-z0-9_]+)+)'/g)) if (zh.has(match[1])) used.add(match[1])
  for (const match of code.matchAll(/`([a-z_.]+)[._]?\$\{/g)) prefixes.add(match[1])
  for (const match of code.matchAll(/\bi i-([a-z0-9-]+)["' ]/g)) if (!icons.has(match[1])) wrong.push(`${file}: no icon ${match[1]}`)
  for (const match of code.matchAll(/\bicon="([a-z0-9-]+)"/g)) if (!icons.has(match[1])) wrong.push(`${file}: no icon ${match[1]}`)
  // What stands between tags is said to people: it comes from the texts.
  if (file.endsWith('.vue')) {
    const template = code.slice(code.indexOf('<template>'))
    for (const match of template.matchAll(/>([^<>{}]*[A-Za-z]{2,}[^<>{}]*)</g)) if (!/=|\(|=>/.test(match[1])) wrong.push(`${file}: words in the template: ${match[1].trim()}`)
  }
}
for (const key of used) if (!zh.has(key)) wrong.push(`unknown text: ${key}`)
const idle = [...zh.keys()].filter((key) => !used.has(key) && ![...prefixes].some((prefix) => key.startsWith(prefix)))
for (const key of idle) wrong.push(`unused text: ${key}`)

const declared = readFileSync(`${SRC}/pages.json`, 'utf8').match(/pages\/[\w/-]+/g)
const found = walk(`${SRC}/pages`).map((file) => file.slice(SRC.length + 1, -4))
for (const page of declared) if (!found.includes(page)) wrong.push(`no such page: ${page}`)
for (const page of found) if (!declared.includes(page)) wrong.push(`page not declared: ${page}`)

console.log(`${zh.size} texts in two languages, ${icons.size} icons`)
if (wrong.length) {
  console.log(wrong.join('\n'))
  process.exit(1)
}
