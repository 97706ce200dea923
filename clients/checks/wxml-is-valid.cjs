// The BUILT mini program's templates through WeChat's own compiler (glass-easel-template-compiler, wasm): no warning, no file missing.
const fs = require('fs'), path = require('path')
const { TmplGroup } = require('glass-easel-template-compiler')
const root = process.argv[2]
const walk = (folder) => fs.readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? walk(path.join(folder, e.name)) : [path.join(folder, e.name)]))
const files = walk(root), group = new TmplGroup()
let bad = 0
for (const file of files.filter((f) => f.endsWith('.wxml'))) {
  const name = path.relative(root, file)
  for (const warning of group.addTmpl(name.replace(/\.wxml$/, ''), fs.readFileSync(file, 'utf8')) ?? []) {
    bad++
    console.log(name, String(warning.toString?.() ?? warning).slice(0, 300))
  }
}
const app = JSON.parse(fs.readFileSync(path.join(root, 'app.json')))
const missing = app.pages.flatMap((page) => ['.js', '.json', '.wxml'].map((end) => page + end)).filter((file) => !fs.existsSync(path.join(root, file)))
const used = files.filter((f) => f.endsWith('.json')).flatMap((f) => Object.values(JSON.parse(fs.readFileSync(f)).usingComponents ?? {}).map((at) => path.resolve(path.dirname(f), String(at).replace(/^\//, root + '/'))))
for (const component of used) if (!fs.existsSync(component + '.js') && !fs.existsSync(path.resolve(root, path.relative('/', component)) + '.js')) missing.push(component)
group.getTmplGenObjectGroups()
console.log(`${files.filter((f) => f.endsWith('.wxml')).length} templates, ${bad} warnings, missing: ${missing.join(' ') || 'none'}`)
process.exit(bad || missing.length ? 1 : 0)
