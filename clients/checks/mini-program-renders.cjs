// Runs the BUILT mini program in jsdom through WeChat's own miniprogram-simulate (exparser): its pages render and take taps.
const path = require('path')
const { JSDOM } = require('jsdom')
const ROOT = path.resolve(process.argv[2])
// The output is CommonJS below a folder that says "module".
require('fs').writeFileSync(path.join(ROOT, '..', 'package.json'), '{"type":"commonjs"}\n')
const dom = new JSDOM('<!doctype html><body></body>', { url: 'http://localhost/', pretendToBeVisual: true })
for (const name of ['window', 'document', 'HTMLElement', 'Element', 'Node', 'Event', 'CustomEvent', 'getComputedStyle', 'MutationObserver', 'XMLHttpRequest', 'localStorage', 'Image', 'requestAnimationFrame', 'cancelAnimationFrame']) {
  const value = name === 'window' ? dom.window : dom.window[name]
  try { global[name] = value } catch { Object.defineProperty(global, name, { value, configurable: true }) }
}
const simulate = require('miniprogram-simulate')
const exparser = require('miniprogram-exparser')
let app
global.App = (options) => { app = options; options.onLaunch?.({}) }
global.getApp = () => app
global.getCurrentPages = () => []
global.Page = () => { throw new Error('Page()') }

const at = '2026-11-24T10:00:00+08:00'
const me = { account: { id: 'a', name: '张桂芳', kind: 'person', language: 'zh-hans' }, people: [{ resident_id: 'r', name: '张桂芳', relation: 'self', allows: [], address_line: '翠湖里' }], staff: null, is_demo: true, institution: { name: '站', phone: '1', duty_phone: '2' } }
const visit = { id: 'v', service: { name: '伤口换药', code: 'wound' }, starts_at: at, ends_at: at, status: 'departed', address_line: '翠湖里', caregivers: [{ id: 'n', name: '李秋萍', title: '护师' }], visit_word: '4827', timeline: [{ at, what: 'departed', who: '', words: '李秋萍出发了' }], price_fen: 100, can_cancel: true, can_move: true, rule: '', rating: null, result: null }
const stop = { visit_id: 'v', starts_at: at, ends_at: at, status: 'arrived', state: 'arrived', resident: { name: '张桂芳', age: 82, sex: 'female', lives_alone: true }, address_line: '翠湖里', address_note: '', point: null, service: { name: '伤口换药', duration_minutes: 40 }, visit_word: '4827', wishes: {}, people_needed: 1, with: [], facts: [], phone: '', version: { steps: [{ key: 'hands', title: '洗手', critical: true, evidence: 'none' }], supplies: [], teaching_points: [], record_form: { properties: { look: { type: 'string', title: '样子', enum: ['红', '黄'] } } } } }
const slot = (hour) => ({ starts_at: `2026-11-24T${hour}:00:00+08:00`, ends_at: at, caregiver: { id: 'n', name: '李秋萍', title: '护师', sex: 'female' }, people: [], known_before: false })
const ANSWERS = [
  [/demo\/cards$/, []], [/\/me$/, me], [/visits\?/, { items: [visit], next: null }], [/visits\/v\/door-code/, { payload: 'AJ1.x', expires_at: '2099-01-01T00:00:00+08:00' }], [/work\/visits\/v/, stop], [/visits\/v$/, visit],
  [/addresses/, [{ id: 'd', text: '翠湖里', note: '' }]], [/slots/, { days: [{ day: '2026-11-24', slots: [slot('10'), slot('14')], reason_if_empty: null }] }], [/holds\/h\/series/, { words: '每周二', end_words: '', days: [{ on: '2026-11-24', day: '2026-11-24', starts_at: at, who: [], words: '' }], after_words: '' }], [/holds\/h\/confirm/, visit], [/holds$/, { id: 'h', expires_at: '2099-01-01T00:00:00+08:00', starts_at: at, ends_at: at, price_fen: 100, heed: [], cancel_rule: '' }], [/series$/, { id: 's' }],
  [/series\/s$/, { id: 's', words: '每周二', service_name: '伤口换药', end_words: '', holiday_words: '', ended_at: at, paused_until: null, rule: '', occurrences: [{ id: 'o', day: '2099-11-24', state: 'placed', status: 'booked', words: '', who_words: '这次还是李秋萍', why: '', starts_at: at, visit_id: 'v', can_skip: false, who: ['李秋萍'] }] }],
  [/record\/summary/, []], [/inbox/, { items: [], next: null }], [/services/, [{ code: 'wound', name: '伤口换药', duration_minutes: 40, price_fen: 100, summary: '' }]], [/work\/days/, { day: '2026-11-24', shift: [], stops: [stop] }], [/work\/offers/, []],
]
const store = new Map()
const calls = []
const late = [] // answers that come when a check lets them
const say = (name) => (options) => calls.push([name, options])
for (const name of ['navigateTo', 'redirectTo', 'reLaunch', 'navigateBack', 'showToast', 'preloadAssets', 'setNavigationBarTitle', 'makePhoneCall', 'onNetworkStatusChange', 'onAppShow', 'onAppHide']) wx[name] = say(name)
wx.request = (options) => {
  calls.push(['request', options])
  const found = ANSWERS.find(([pattern]) => pattern.test(options.url))
  const answer = () => options.success({ statusCode: found ? 200 : 404, data: found ? found[1] : { detail: '' } })
  if (/holds\/h\/series/.test(options.url)) late.push(answer)
  else setTimeout(answer, 2)
}
wx.getStorageSync = (key) => store.get(key) ?? ''
wx.setStorageSync = (key, value) => store.set(key, value)
wx.removeStorageSync = (key) => store.delete(key)
wx.getStorageInfoSync = () => ({ keys: [...store.keys()] })
wx.getSystemInfoSync = () => ({ fontSizeSetting: 16, pixelRatio: 2, platform: 'devtools' })
wx.getLaunchOptionsSync ||= () => ({})
wx.getEnterOptionsSync ||= () => ({})

const must = []
// Waits until it holds, for longer than it ever takes on a computer that has other things to do.
async function until(holds) {
  for (let tries = 0; tries < 500 && !holds(); tries++) await simulate.sleep(20)
}
function expect(page, text, words) {
  if (!text.includes(words)) must.push(`${page} does not say ${words}: ${text.slice(0, 300)}`)
}
async function open(page, query = {}) {
  const id = simulate.load(path.join(ROOT, 'pages', page), page.replace(/\W/g, '-'), { compiler: 'official', rootPath: ROOT })
  const component = simulate.render(id, {})
  const parent = document.createElement('div')
  document.body.appendChild(parent)
  component.attach(parent)
  await simulate.sleep(10)
  component.instance.onLoad?.(query)
  component.instance.onShow?.()
  component.triggerLifeTime('ready')
  return component
}
const textOf = (component) => component.dom.textContent.replace(/\s+/g, ' ')
function tap(element) {
  exparser.Event.dispatchEvent(element.__wxElement, exparser.Event.create('tap', {}, { bubbles: true, composed: true, capturePhase: true }))
}
async function press(component, words) {
  const button = () => [...component.dom.querySelectorAll('wx-button')].find((each) => each.textContent.includes(words))
  await until(button)
  if (button()) tap(button())
  else must.push(`nothing to press says ${words}: ${textOf(component).slice(0, 300)}`)
}
/** What is begun is what the screen says: a series once its days are shown, and never after another time was chosen. */
async function booksWhatItSays() {
  const promised = () => calls.filter(([name, options]) => name === 'request' && options.method === 'POST' && /confirm$|series$/.test(options.url)).map(([, options]) => options.url.replace(/.*\/v1/, ''))
  const page = await open('book/time', { code: 'wound' })
  await press(page, '每周')
  await until(() => late.length)
  await press(page, '就')
  await simulate.sleep(50)
  if (promised().length) must.push(`book/time promises days that it has not shown: ${promised()}`)
  late.pop()?.()
  await until(() => textOf(page).includes('每周二'))
  await press(page, '14:00')
  await until(() => !textOf(page).includes('每周二') && textOf(page).includes('就'))
  await press(page, '就')
  await until(() => promised().length)
  if (promised().join() !== '/holds/h/confirm') must.push(`book/time says "just once" and promises ${promised()}`)
}

;(async () => {
  require(path.join(ROOT, 'app.js'))
  const signIn = await open('sign-in/index')
  await until(() => textOf(signIn).includes('用微信登录'))
  expect('sign-in', textOf(signIn), '用微信登录')
  store.set('token', 'x')
  store.set('me', me)
  Object.assign(require(path.join(ROOT, 'session.js')).session, { token: 'x', me })
  for (const [page, query, words] of [
    ['home/index', {}, ['我需要', '4827', '正在路上', '紧急求助']],
    ['book/index', {}, ['伤口换药']],
    ['visits/visit', { id: 'v' }, ['李秋萍在路上了', '到哪一步了']],
    ['series/series', { id: 's' }, ['已经结束', '这次还是李秋萍']],
    ['visits/rate', { id: 'v', stars: '4' }, ['4 星，挺好']],
    ['help/index', {}, ['打 120']],
    ['me/index', {}, ['长辈版', '退出登录']],
    ['work/visit', { id: 'v' }, ['洗手', '关键步骤', '请对方签字']],
    ['work/arrive', { id: 'v' }, ['住户卡']],
  ]) {
    const component = await open(page, query)
    await until(() => words.every((each) => textOf(component).includes(each)))
    const text = textOf(component)
    for (const each of words) expect(page, text, each)
    if (page === 'home/index') {
      const button = [...component.dom.querySelectorAll('*')].find((each) => /(^|-|\s)say(\s|$)/.test(each.className))
      if (!button) must.push('home has no way to ask')
      else {
        const before = calls.length
        tap(button)
        const wentTo = () => calls.slice(before).find(([name]) => name === 'navigateTo')?.[1].url
        await until(wentTo)
        const went = wentTo()
        if (went !== '/pages/book/index') must.push(`a tap on home's .say went to ${went}`)
      }
    }
    console.log(page, '=>', text.slice(0, 90))
  }
  await booksWhatItSays()
  if (must.length) console.log(must.join('\n'))
  process.exit(must.length ? 1 : 0)
})().catch((error) => {
  console.error(error.stack)
  process.exit(1)
})
