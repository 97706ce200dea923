// npm run check: types, texts, and both builds; the mini program is rendered, and its templates compiled as WeChat would.
// ANJIA_H5: where the H5 client has just been built from these sources, by script/test; the types are script/check's then.
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

// Built beside what is served, so that a running server and its browsers are not disturbed.
const H5 = process.env.ANJIA_H5 ?? 'dist/check/h5'
const MP = 'dist/check/mp-weixin'

// Two lanes, for two cores.
const LANES = [
  [
    ...(process.env.ANJIA_H5 ? [] : [['types', 'npx', ['vue-tsc', '--noEmit']]]),
    ['texts', 'node', ['checks/texts.mjs']],
  ],
  [
    ['mini program', 'npm', ['run', '-s', 'build:mp'], MP],
    ['templates', 'node', ['checks/wxml-is-valid.cjs', MP]],
    ['pages', 'node', ['checks/mini-program-renders.cjs', MP]],
    ...(process.env.ANJIA_H5 ? [] : [['h5', 'npm', ['run', '-s', 'build:h5'], H5]]),
    ['bundles', 'node', ['checks/bundles.mjs', H5, MP]],
  ],
]

function run([name, program, options, output]) {
  const began = Date.now()
  return new Promise((done) => {
    let said = ''
    const child = spawn(program, options, { env: { ...process.env, ...(output ? { UNI_OUTPUT_DIR: resolve(output) } : {}) } })
    child.stdout.on('data', (part) => (said += part))
    child.stderr.on('data', (part) => (said += part))
    child.on('close', (code) => {
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} ${((Date.now() - began) / 1000).toFixed(1)} s`)
      if (code !== 0) console.log(said)
      done(code === 0)
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
