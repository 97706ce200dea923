// npm run check: types, texts, and both builds; the mini program is rendered and its templates compiled as WeChat would.
import { spawnSync } from 'node:child_process'

const STEPS = [
  ['types', 'npx', ['vue-tsc', '--noEmit']],
  ['texts', 'node', ['checks/texts.mjs']],
  ['mini program', 'npm', ['run', '-s', 'build:mp']],
  ['templates', 'node', ['checks/wxml-is-valid.cjs', 'dist/build/mp-weixin']],
  ['pages', 'node', ['checks/mini-program-renders.cjs', 'dist/build/mp-weixin']],
  ['h5', 'npm', ['run', '-s', 'build:h5']],
  ['bundles', 'node', ['checks/bundles.mjs']],
]

for (const [name, program, options] of STEPS) {
  const began = Date.now()
  const { status, stdout, stderr } = spawnSync(program, options, { encoding: 'utf8' })
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} ${((Date.now() - began) / 1000).toFixed(1)} s`)
  if (status !== 0) {
    console.log(stdout + stderr)
    process.exit(1)
  }
}
