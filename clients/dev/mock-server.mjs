// A stand-in for the server while developing: the built H5 under /app/ and canned answers below /api/v1. Never part of a build.
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

const ROOT = new URL('../dist/build/h5/', import.meta.url).pathname
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
const SHANGHAI = 8 * 3600e3
const day = (offset = 0) => new Date(Date.now() + SHANGHAI + offset * 864e5).toISOString().slice(0, 10)
const at = (offset, clock) => `${day(offset)}T${clock}:00+08:00`
const page = (items) => ({ items, next: null })

const nurse = { id: 'n1', name: '李秋萍', title: '主管护师', sex: 'female' }
const nurse2 = { id: 'n2', name: '周敏', title: '护师', sex: 'female' }
const service = (code, name, minutes, price, summary) => ({
  code, version_id: `v-${code}`, name, mode: 'home', duration_minutes: minutes, people_needed: 1, price_fen: price,
  preparation: '请准备好一块干净毛巾和一盆温水，把正在吃的药放到桌上。', legal_line: '需要家庭医生的医嘱。', summary,
})
const services = [
  service('wound', '伤口换药', 40, 16000, '清洗、换敷料、教您怎么看渗液'),
  service('picc', 'PICC 导管维护', 45, 22000, '冲管、换贴膜'),
  service('bp', '血压血糖随访', 30, 5000, '量一量，问一问'),
]
const visit = (over = {}) => ({
  id: 'v1', service: { code: 'wound', name: '伤口换药', preparation: services[0].preparation }, starts_at: at(0, '10:00'), ends_at: at(0, '10:40'),
  status: 'departed', address_line: '翠湖里 3 栋 2 单元 402', address_id: 'a1',
  caregivers: [{ ...nurse, state: 'accepted', phone_masked: '138****0001' }], visit_word: '4827',
  timeline: [
    { at: at(-1, '16:20'), what: 'booked', who: '张桂芳', words: '约好了' },
    { at: at(-1, '16:26'), what: 'accepted', who: '李秋萍', words: '接单了' },
    { at: at(0, '09:36'), what: 'departed', who: '李秋萍', words: '出发了' },
  ],
  price_fen: 16000, can_cancel: true, can_move: true, rule: '上门前 2 小时都能免费改时间或取消。', rating: null, result: null, ...over,
})
const past = visit({
  id: 'v0', starts_at: at(-3, '09:00'), ends_at: at(-3, '09:40'), status: 'done', can_cancel: false, can_move: false,
  result: { readings: [{ code: 'bp', name: '血压', value: '134/78', unit: 'mmHg' }, { code: 't', name: '体温', value: 36.6, unit: '℃' }], words: '伤口比上次小，渗液少了。' },
})
const steps = [
  { key: 'identity', title: '核对本人', critical: true, evidence: 'none' },
  { key: 'hands', title: '洗手，戴手套', critical: true, evidence: 'none' },
  { key: 'vitals', title: '量生命体征', critical: true, evidence: 'reading', codes: ['8480-6', '8462-4', '8310-5'] },
  { key: 'photo', title: '拍照，量伤口大小', critical: true, evidence: 'photo' },
  { key: 'dress', title: '清洗，换敷料', critical: false, evidence: 'none' },
  { key: 'teach', title: '教会家属看渗液', critical: false, evidence: 'teach_back' },
  { key: 'waste', title: '收好医疗垃圾，请对方签字', critical: true, evidence: 'signature' },
]
const stop = (id, from, to, status, name, what, over = {}) => ({
  visit_id: id, starts_at: at(0, from), ends_at: at(0, to), status, state: 'accepted', resident: { name, age: 82, sex: 'female', lives_alone: true },
  address_line: '翠湖里 3 栋 2 单元 402', address_note: '门禁按 402 再按铃，电梯到 4 楼左手', point: { latitude: 30.66, longitude: 104.06 },
  service: { name: what, duration_minutes: 40 }, visit_word: '4827', wishes: { who_is_present: 'family' }, people_needed: 1, with: [], ...over,
})
const facts = []
const readings = Array.from({ length: 28 }, (_, i) => ({
  at: at(i - 28, '07:40'), systolic: Math.round(150 - i * 0.55 + 5 * Math.sin(i * 2)) + (i === 22 ? 20 : 0), diastolic: Math.round(90 - i * 0.3 + 3 * Math.cos(i)), source: 'device',
})).filter((_, i) => i < 8 || i > 12)

const answers = {
  'GET demo/cards': () => [
    { key: 'resident', name: '张桂芳', role: '居民', says: '腿上的伤口要换药', end: 'client' },
    { key: 'daughter', name: '林晓雯', role: '女儿，在外地', says: '替妈妈看着', end: 'client' },
    { key: 'nurse', name: '李秋萍', role: '护士', says: '今天有 3 家', end: 'client' },
    { key: 'desk', name: '王芳', role: '调度', says: '看板', end: 'console' },
  ],
  'POST sign-in/codes': () => ({ retry_after: 60, demo_code: '482913' }),
  'GET me': (_b, { acting, token }) =>
    token === 'nurse'
      ? { account: { id: 'acc-n', name: '李秋萍', kind: 'staff', language: 'zh-Hans' }, people: [], staff: { id: 'n1', name: '李秋萍', kind: 'nurse', title: '主管护师' }, is_demo: true, institution }
      : { account: { id: 'acc-r', name: token === 'daughter' ? '林晓雯' : '张桂芳', kind: 'person', language: 'zh-Hans' },
          people: token === 'daughter'
            ? [{ resident_id: 'r2', name: '林晓雯', relation: 'self', allows: [], address_line: '' }, { resident_id: 'r1', name: '张桂芳', relation: 'family', allows: ['book', 'record', 'messages'], address_line: '翠湖里 3 栋 2 单元 402' }]
            : [{ resident_id: 'r1', name: '张桂芳', relation: 'self', allows: [], address_line: '翠湖里 3 栋 2 单元 402' }],
          staff: null, is_demo: true, institution },
  'GET services': () => page(services),
  'GET addresses': () => page([{ id: 'a1', text: '翠湖里 3 栋 2 单元 402', note: '', latitude: 30.66, longitude: 104.06 }]),
  'GET slots': (_b, { query }) => ({
    days: Array.from({ length: 7 }, (_, i) => ({
      day: day(i),
      slots: query.get('caregiver_sex') === 'male' || i === 2 ? [] : ['09:00', '10:00', '14:30', '15:30'].filter((c) => (query.get('period') === 'morning' ? c < '12' : true)).map((c, k) => ({
        starts_at: at(i, c), ends_at: at(i, c.replace(':00', ':40').replace(':30', ':59')), caregiver: k % 2 ? nurse2 : nurse, people: [k % 2 ? nurse2 : nurse], known_before: k % 2 === 0 })),
      reason_if_empty: query.get('caregiver_sex') === 'male' ? '这 7 天没有会换药的男护士。' : i === 2 ? '这一天会换药的护士都排满了。' : null,
    })),
  }),
  'POST holds': (body) => ({ id: 'h1', expires_at: new Date(Date.now() + 600e3).toISOString(), starts_at: body.starts_at, ends_at: body.starts_at, service: { name: '伤口换药' }, caregivers: [nurse], price_fen: 16000, preparation: '', cancel_rule: '上门前 2 小时都能免费取消。' }),
  'POST holds/h1/confirm': () => visit({ status: 'booked' }),
  'POST holds/h1/release': () => ({}),
  'GET visits': (_b, { query }) => page(query.get('when') === 'past' ? [past] : [visit()]),
  'GET visits/v1': () => visit(),
  'GET visits/v0': () => past,
  'GET visits/v1/door-code': () => ({ payload: 'anjia:v1:0193a1:1732411200:Zm9vYmFyYmF6cXV4', expires_at: new Date(Date.now() + 45e3).toISOString() }),
  'POST visits/v1/cancel': () => ({}),
  'POST visits/v0/ratings': () => ({}),
  'GET visits/v0/family-form': () => null,
  'GET concerns': () => [
    { id: 'c1', kind: 'complaint', words: '来晚了一个小时，没有打电话。', wants: '', visit_id: 'v0', state: 'told', raised_at: at(-3, '16:20'), next_due_at: at(12, '09:00'), can_appeal: true, appeal_until: at(12, '09:00'),
      steps: [{ at: at(-3, '16:20'), kind: 'received', words: '' }, { at: at(-2, '10:00'), kind: 'told', words: '向您道歉。以后晚十分钟就先打电话。' }] },
    { id: 'c2', kind: 'suggestion', words: '想周末也能约。', wants: '', visit_id: null, state: 'received', raised_at: at(-1, '08:10'), next_due_at: at(2, '08:10'), can_appeal: false, appeal_until: null, steps: [] },
  ],
  'POST concerns': () => ({}),
  'POST concerns/without-a-name': () => ({}),
  'POST concerns/c1/appeal': () => ({}),
  'POST visits/v0/family-form': () => ({}),
  'GET record/summary': () => [
    { code: 'bp', name: '血压', latest: { value: '134/78', unit: 'mmHg', at: at(0, '07:40') }, sentence: '在目标里。' },
    { code: 'glucose', name: '血糖', latest: { value: 7.2, unit: 'mmol/L', at: at(-1, '07:10') }, sentence: '比目标高一点。' },
  ],
  'GET record/trends/bp': () => ({ code: 'bp', name: '血压', unit: 'mmHg', band: null, bands: { systolic: { low: null, high: 140, set_by: '赵文静医生', source: null }, diastolic: { low: null, high: 90, set_by: '赵文静医生', source: null } }, sentence: '这 7 天平均 138/81，高压比一个月前低了 11。', points: readings }),
  'GET record/trends/glucose': () => ({ code: 'glucose', name: '血糖', unit: 'mmol/L', band: { low: 4.4, high: 7, set_by: null, source: '国家基层糖尿病防治管理指南' }, sentence: '最近 10 次，有 7 次在目标里。', points: readings.map((r, i) => ({ at: r.at, value: Math.round((60 + 15 * Math.sin(i)) ) / 10, source: 'nurse' })) }),
  'GET record/readers': () => page([{ at: at(0, '08:12'), who: '赵文静', organization: '翠湖社区卫生服务站', purpose: '上门照护', what: '血压' }, { at: at(-1, '16:30'), who: '李秋萍', organization: '翠湖社区卫生服务站', purpose: '上门照护', what: '这次上门的记录' }]),
  'GET inbox': () => page([
    { id: 'm1', at: at(0, '09:37'), title: '李秋萍出发了', words: '大约 10:00 到您家，暗号 4827。', about: { kind: 'visit', id: 'v1' }, read_at: null },
    { id: 'm0', at: at(-1, '16:21'), title: '约好了', words: '11月24日 10:00，李秋萍上门。', about: { kind: 'visit', id: 'v1' }, read_at: at(-1, '16:30') },
  ]),
  'POST inbox/m1/read': () => ({}),
  'GET grants': () => page([{ id: 'g1', name: '林晓雯', relation: 'daughter', allows: ['book', 'record', 'messages'], valid_until: null }]),
  'POST grants': (b) => ({ id: 'g2', ...b }),
  'POST grants/g1/withdraw': () => ({}),
  'GET consents': () => [
    { purpose: 'contract', title: '上门服务协议', text: '做什么、多少钱、有什么风险，约的时候都写着。', text_version: '1', answered_version: null, is_agreement: true, ends_on: null, may_sign: true, state: 'not_asked', at: null },
    { purpose: 'care', title: '上门照护和健康记录', text: '护士、医生为了照护您，可以看和记您的健康数据。', text_version: '2026-1', state: 'given', at: at(-30, '09:00') },
    { purpose: 'video', title: '上门时录像', text: '只在护士执法记录仪要求时录，30 天后删。', text_version: '2026-1', state: 'withdrawn', at: null },
  ],
  'POST consents': (b) => b,
  'GET me/sessions': () => page([{ id: 's1', device: 'iPhone', created_at: at(-2, '08:00'), last_seen_at: at(0, '08:00'), is_current: true }, { id: 's2', device: '社区电脑', created_at: at(-9, '08:00'), last_seen_at: at(-8, '08:00'), is_current: false }]),
  'POST me/sign-out': () => ({}),
  'GET work/offers': () => page([{ id: 'o1', service_name: 'PICC 导管维护', starts_at: at(1, '09:00'), ends_at: at(1, '09:45'), area: '锦江路一带', distance_km: 2.4, pay_fen: 9000, deadline: at(0, '18:00'), with_whom: [], wishes: { caregiver_sex: 'female' } }]),
  'POST work/offers/o1/accept': () => ({}),
  'POST work/facts': (b) => {
    for (const f of b.facts) if (!facts.some((k) => k.client_id === f.client_id)) facts.push(f)
    return { accepted: b.facts.map((f) => ({ client_id: f.client_id, received_at: new Date().toISOString(), conflict: null })) }
  },
  'POST files': () => ({ id: 'file1' }),
}
const institution = { name: '翠湖社区卫生服务站', phone: '028-8555-1200', duty_phone: '028-8555-1299' }
answers[`GET work/days/${day()}`] = () => ({
  day: day(), shift: [{ starts_at: at(0, '08:00'), ends_at: at(0, '17:00'), is_standby: false }],
  stops: [
    stop('w0', '08:30', '08:50', 'done', '陈国华', '胰岛素注射'), stop('w1', '10:00', '10:40', 'booked', '张桂芳', '伤口换药'),
    stop('w2', '14:00', '14:45', 'booked', '何玉珍', '导尿管更换', { with: ['周敏'], people_needed: 2, visit_word: '3391' }),
  ],
})
answers[`GET work/days/${day()}/deliveries`] = () => [
  { after_visit_id: 'w1', visit_ids: ['w1'], laboratory: '市一院检验科', leaves_at: at(0, '10:40'), handed_over_at: at(0, '11:05'), due_at: at(0, '11:30'), minutes_late: 0 },
]
answers['GET work/visits/w1'] = () => ({
  ...stop('w1', '10:00', '10:40', 'booked', '张桂芳', '伤口换药'),
  version: {
    steps, supplies: [{ name: '泡沫敷料 10×10', count: 1 }, { name: '生理盐水 100 ml', count: 1 }],
    teaching_points: ['渗液变黄变绿要打电话', '敷料湿了就换'],
    record_form: { properties: { size: { type: 'number', title: '伤口大小，cm²' }, look: { type: 'string', title: '伤口样子', enum: ['红润', '发黄', '发黑'] }, pain: { type: 'boolean', title: '换药时疼不疼' }, words: { type: 'string', title: '交代了什么' } }, required: ['look'] },
  },
  facts: facts.filter((f) => f.visit_id === 'w1'), phone: '13800000000',
})

const read = (request) => new Promise((resolve) => { const parts = []; request.on('data', (p) => parts.push(p)); request.on('end', () => resolve(Buffer.concat(parts))) })
createServer(async (request, response) => {
  const url = new URL(request.url, 'http://x')
  if (url.pathname.startsWith('/api/v1/')) {
    const path = url.pathname.slice(8)
    const raw = await read(request)
    if (process.env.SLOW) await new Promise((r) => setTimeout(r, Number(process.env.SLOW)))
    const signIn = /^demo\/cards\/(\w+)\/sign-in$/.exec(path)
    const token = (request.headers.authorization ?? '').slice(7)
    const send = (status, body) => { response.writeHead(status, { 'content-type': 'application/json' }); response.end(JSON.stringify(body)) }
    if (signIn || path === 'sign-in/phone') return send(201, { token: signIn?.[1] ?? 'resident', expires_at: at(30, '00:00'), account: { id: 'x', name: 'x', kind: 'person' } })
    const answer = answers[`${request.method} ${path}`]
    if (!answer) return send(404, { code: 'not_found', detail: '没有找到。', fields: {} })
    let body = {}
    try { body = JSON.parse(raw.toString() || '{}') } catch { /* a file */ }
    return send(request.method === 'POST' ? 201 : 200, answer(body, { query: url.searchParams, acting: request.headers['x-acting-for'], token }))
  }
  if (url.pathname === '/live') { response.writeHead(200, { 'content-type': 'text/event-stream' }); response.write(': hello\n\n'); return }
  const file = url.pathname.replace(/^\/app\/?/, '') || 'index.html'
  try {
    const content = await readFile(join(ROOT, file))
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-store' })
    response.end(content)
  } catch { response.writeHead(404); response.end() }
}).listen(Number(process.env.PORT ?? 5180), '127.0.0.1', () => console.log('mock on', process.env.PORT ?? 5180))
