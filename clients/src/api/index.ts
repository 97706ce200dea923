/** Every question and command the client has, by name. */
import type * as T from './types'
import { get, post } from './http'

export const signIn = {
  askCode: (phone: string) => post<{ retry_after: number; demo_code: string | null }>('sign-in/codes', { phone }),
  byPhone: (phone: string, code: string) => post<T.SignedIn | T.Choices>('sign-in/phone', { phone, code }),
  choose: (ticket: string, account_id: string) => post<T.SignedIn>('sign-in/choose', { ticket, account_id }),
  byWeChat: (code: string) => post<T.SignedIn | T.Choices>('sign-in/wechat', { code }),
  bySlip: (slip: string, lastFour: string) => post<T.SignedIn>('sign-in/activation', { slip, phone_last_four: lastFour }),
  asStaff: (login: string, password: string, totp: string) => post<T.SignedIn>('sign-in/staff', { login, password, totp }),
  cards: () => get<T.Card[]>('demo/cards'),
  letComputerIn: (ticket: string) => post<{ device: string }>(`sign-in/scans/${encodeURIComponent(ticket)}/confirm`),
  byCard: (key: string) => post<T.SignedIn>(`demo/cards/${key}/sign-in`),
}

export const me = {
  get: () => get<T.Me>('me'),
  sessions: () => get<T.Page<T.SessionLine> | T.SessionLine[]>('me/sessions'),
  endSession: (id: string) => post<unknown>(`me/sessions/${id}/end`),
  language: (language: string) => post<unknown>('me/language', { language }),
  bindWeChat: (code: string, password: string) => post<unknown>('me/wechat', { code, password }),
  unbindWeChat: () => post<unknown>('me/wechat/unbind'),
  signOut: () => post<unknown>('me/sign-out'),
}

export const booking = {
  services: () => get<T.Page<T.Service> | T.Service[]>('services', { mode: 'home' }),
  addresses: () => get<T.Page<T.Address> | T.Address[]>('addresses'),
  addAddress: (address: { text: string; note: string; latitude: number | null; longitude: number | null }, key: string) =>
    post<T.Address>('addresses', address, key),
  slots: (ask: { service_code: string; address_id: string; first_day: string; days: number; period: string; caregiver_sex: string; moving?: string }) =>
    get<{ days: T.SlotDay[] }>('slots', ask),
  hold: (ask: { service_code: string; address_id: string; starts_at: string; staff_ids: string[]; wishes: T.Wishes }, key?: string) =>
    post<T.Hold>('holds', ask, key),
  confirm: (id: string, key: string) => post<T.Visit>(`holds/${id}/confirm`, {}, key),
  release: (id: string) => post<unknown>(`holds/${id}/release`),
}

export const visits = {
  list: (when: 'coming' | 'past', after = '') => get<T.Page<T.VisitLine>>('visits', { when, after }),
  get: (id: string) => get<T.Visit>(`visits/${id}`),
  onTheWay: (id: string) => get<T.OnTheWay>(`visits/${id}/on-the-way`),
  cancel: (id: string, reason: string, key: string) => post<unknown>(`visits/${id}/cancel`, { reason }, key),
  move: (id: string, starts_at: string, staff_ids: string[], key: string) =>
    post<T.Visit>(`visits/${id}/move`, { starts_at, staff_ids }, key),
  doorCode: (id: string) => get<T.DoorCode>(`visits/${id}/door-code`),
  rate: (id: string, rating: { stars: number; aspects: Record<string, number>; words: string }, key: string) =>
    post<unknown>(`visits/${id}/ratings`, rating, key),
  familyForm: (id: string) => get<T.FamilyForm | null>(`visits/${id}/family-form`),
  sayAsFamily: (id: string, form: { told: string; understood: string; burden: string; words: string }, key: string) =>
    post<unknown>(`visits/${id}/family-form`, form, key),
}

export const enrolments = {
  list: () => get<T.Enrolment[]>('enrolments'),
  take: (id: string, key: string) => post<{ id: string; stage: string }>(`enrolments/${id}/take`, {}, key),
  leave: (id: string, why: string, key: string) => post<{ id: string; stage: string }>(`enrolments/${id}/leave`, { why }, key),
  appeal: (screeningId: string, words: string, key: string) => post<T.Appeal>(`enrolments/screenings/${screeningId}/appeal`, { words }, key),
}

export const series = {
  list: () => get<T.Series[]>('series'),
  get: (id: string) => get<T.Series>(`series/${id}`),
  foresee: (holdId: string, repeat: T.Repeat) => get<T.Foresight>(`holds/${holdId}/series`, { ...repeat, count: repeat.count ?? undefined }),
  begin: (hold_id: string, repeat: T.Repeat, key: string) => post<T.Series>('series', { hold_id, repeat }, key),
  foreseeChange: (id: string, change: T.SeriesChange) => post<T.ChangeForeseen>(`series/${id}/foresee-change`, change),
  change: (id: string, change: T.SeriesChange, key: string) => post<T.Series>(`series/${id}/change`, change, key),
  skip: (occurrenceId: string, why: string, key: string) => post<T.Series>(`occurrences/${occurrenceId}/skip`, { why }, key),
  pause: (id: string, until: string, key: string) => post<T.Series>(`series/${id}/pause`, { until }, key),
  resume: (id: string, key: string) => post<T.Series>(`series/${id}/resume`, {}, key),
  end: (id: string, key: string) => post<T.Series>(`series/${id}/end`, {}, key),
}

export const record = {
  summary: () => get<T.Page<T.RecordLine> | T.RecordLine[]>('record/summary'),
  trend: (code: string, days: number) => get<T.Trend>(`record/trends/${code}`, { days }),
  readers: (after = '') => get<T.Page<T.Reader>>('record/readers', { after }),
}

export const inbox = {
  list: (after = '') => get<T.Page<T.Message>>('inbox', { after }),
  read: (ids: string[]) => post<unknown>('inbox/read', { ids }),
}

export const family = {
  grants: () => get<T.Page<T.Grant> | T.Grant[]>('grants'),
  grant: (grant: { phone: string; name: string; relation: string; allows: string[]; valid_until: string | null }, key: string) =>
    post<T.Grant>('grants', grant, key),
  withdraw: (id: string, key: string) => post<unknown>(`grants/${id}/withdraw`, {}, key),
  consents: () => get<T.Page<T.Consent> | T.Consent[]>('consents'),
  consent: (purpose: string, text_version: string, agrees: boolean, key: string) =>
    post<T.Consent>('consents', { purpose, text_version, agrees }, key),
  sign: (purpose: string, text_version: string, signature: string, witness: string, key: string) =>
    post<T.Consent>('consents', { purpose, text_version, agrees: true, signature, witness }, key),
  copy: (purpose: string) => get<{ name: string; pdf: string }>(`consents/${purpose}/copy`),
}

export const concerns = {
  mine: () => get<T.Concern[]>('concerns'),
  raise: (concern: { kind: string; words: string; wants: string; visit_id: string | null }, key: string) => post<unknown>('concerns', concern, key),
  unsigned: (words: string, key: string) => post<unknown>('concerns/without-a-name', { words }, key),
  accept: (id: string, key: string) => post<unknown>(`concerns/${id}/accept`, {}, key),
  appeal: (id: string, words: string, key: string) => post<unknown>(`concerns/${id}/appeal`, { words }, key),
}

export const work = {
  day: (day: string) => get<T.WorkDay>(`work/days/${day}`),
  breaks: (day: string) => get<T.Break[]>(`work/days/${day}/breaks`),
  deliveries: (day: string) => get<T.Delivery[]>(`work/days/${day}/deliveries`),
  offers: () => get<T.Page<T.Offer> | T.Offer[]>('work/offers'),
  accept: (id: string, key: string) => post<unknown>(`work/offers/${id}/accept`, {}, key),
  decline: (id: string, reason: string, key: string) => post<unknown>(`work/offers/${id}/decline`, { reason }, key),
  visit: (id: string) => get<T.WorkVisit>(`work/visits/${id}`),
  prompts: () => get<T.Prompt[]>('work/prompts'),
  exceptionForms: () => get<T.ExceptionForm[]>('work/exception-forms'),
  exceptions: (id: string) => get<T.ExceptionOfVisit[]>(`work/visits/${id}/exceptions`),
  bag: () => get<T.Bag>('work/bag'),
  checkBag: (check: { client_id: string; checked_at: string; seen: { lot_id: string; quantity: number }[] }, key: string) =>
    post<T.BagCheck>('work/bag/checks', check, key),
  setAside: (lot_id: string, key: string) => post<unknown>('work/bag/set-aside', { lot_id }, key),
  handWasteOver: (id: string, handed_at: string, key: string) => post<unknown>(`work/waste/${id}/hand-over`, { handed_at }, key),
  correctSeal: (id: string, seal: string, key: string) => post<{ seal: string }>(`work/waste/${id}/seal`, { seal }, key),
  orders: (id: string) => get<T.OrdersAtVisit>(`work/visits/${id}/orders`),
  readBack: (id: string, key: string) => post<unknown>(`work/questions/${id}/read`, {}, key),
  performance: (asked: { month?: string; objection_id?: string }) => get<T.Performance>('performance', asked),
  figure: (measure: string, month: string, after = '') => get<T.FigureRows>('performance/rows', { measure, month, after: after || undefined }),
  objectTo: (said: { month: string; group: string; row_id: string | null; words: string }, key: string) => post<unknown>('performance/objections', said, key),
  courses: () => get<{ courses: T.Course[] }>('work/courses'),
  course: (code: string) => get<T.CoursePage>(`work/courses/${encodeURIComponent(code)}`),
  readCourse: (code: string, pages: number[], key: string) => post<unknown>(`work/courses/${encodeURIComponent(code)}/read`, { pages }, key),
  beginExam: (code: string, key: string) => post<T.ExamPaper>(`work/courses/${encodeURIComponent(code)}/attempts`, {}, key),
  handIn: (id: string, answers: Record<string, string[]>, key: string) => post<T.ExamOutcome>(`work/attempts/${id}/answers`, { answers }, key),
  certificate: (id: string) => get<{ name: string; pdf: string }>(`work/certificates/${id}`),
  signInToClass: (word: string, key: string) => post<unknown>('work/classes/sign-in', { word }, key),
  facts: (facts: T.Fact[], key: string) => post<{ accepted: T.FactAnswer[]; refused?: T.FactRefusal[] }>('work/facts', { facts }, key),
}

export const help = {
  shown: () => get<T.Help>('help'),
  case: (id: string) => get<T.Case>(`help/cases/${id}`),
  tellFamily: (tells_family: boolean, key: string) => post<unknown>('help/family', { tells_family }, key),
}

export const safety = {
  get: () => get<T.Safety>('work/safety'),
  fine: (id: string, key: string) => post<{ id: string; fine_until: string }>(`work/safety/${id}/fine`, {}, key),
}
export const doctor = {
  questions: () => get<T.DoctorsList>('doctor/questions'),
  question: (id: string) => get<T.QuestionPage>(`doctor/questions/${id}`),
  seen: (id: string, key: string) => post<unknown>(`doctor/questions/${id}/seen`, {}, key),
  answer: (id: string, says: T.DoctorSays, key: string) => post<unknown>(`doctor/questions/${id}/answer`, says, key),
}
export const orders = {
  list: () => get<T.Page<T.Order>>('orders'),
  questions: () => get<T.Page<T.Question>>('orders/questions'),
}

/** Short lists come bare, long ones as a page. */
export const all = <T>(list: T[] | { items: T[] }): T[] => (Array.isArray(list) ? list : list.items)
