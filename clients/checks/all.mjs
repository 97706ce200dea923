// npm run check: types, texts, and both builds; the mini program is rendered, and its templates compiled as WeChat would.
import { spawn } from 'node:child_process'

// Two lanes, for two cores.
const LANES = [
  [
    ['types', 'npx', ['vue-tsc', '--noEmit']],
    ['texts', 'node', ['checks/texts.mjs']],
  ],
  [
    ['mini program', 'npm', ['run', '-s', 'build:mp']],
    ['templates', 'node', ['checks/wxml-is-valid.cjs', 'dist/build/mp-weixin']],
    ['pages', 'node', ['checks/mini-program-renders.cjs', 'dist/build/mp-weixin']],
    ['h5', 'npm', ['run', '-s', 'build:h5']],
    ['bundles', 'node', ['checks/bundles.mjs']],
  ],
]

function run([name, program, options]) {
  const began = Date.now()
  return new Promise((resolve) => {
    let said = ''
    const child = spawn(program, options)
    child.stdout.on('data', (part) => (said += part))
    child.stderr.on('data', (part) => (said += part))
    child.on('close', (code) => {
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} ${((Date.now() - began) / 1000).toFixed(1)} s`)
      if (code !== 0) console.log(said)
      resolve(code === 0)
    })
  })
}

const results = await Promise.all(
  LANES.map(async (lane) => {
    for (const step of lane) if (!(await run(step))) return false
    return true
  }),
)
process.exit(results.every(Boolean) ? 0 : 1)
