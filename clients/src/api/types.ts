/** The shapes the server answers with. Times are ISO 8601 with offset, money is in fen. */
export interface Page<T> {
  items: T[]
  next: string | null
}
export interface SignedIn {
  token: string
  expires_at: string
  account: { id: string; name: string; kind: 'staff' | 'person' }
}
export interface Choices {
  ticket: string
  accounts: { id: string; name: string; organization: string }[]
}
export interface Card {
  key: string
  name: string
  role: string
  says: string
  end: 'client' | 'console'
  on_phone: boolean
}
export interface Person {
  resident_id: string
  name: string
  relation: 'self' | 'family' | 'guardian'
  allows: string[]
  address_line: string
}
export interface Me {
  account: { id: string; name: string; kind: 'staff' | 'person'; language: string; has_wechat: boolean }
  people: Person[]
  staff: { id: string; name: string; kind: string; title: string } | null
  is_demo: boolean
  institution: { name: string; phone: string; duty_phone: string } | null
}
export interface SessionLine {
  id: string
  device: string
  created_at: string
  last_used_at: string | null
  is_current: boolean
}
export interface Service {
  code: string
  version_id: string
  name: string
  mode: string
  duration_minutes: number
  people_needed: number
  price_fen: number
  preparation: string
  legal_line_words?: string
  needs_order?: boolean
  summary: string
}
export interface Address {
  id: string
  text: string
  note: string
  latitude: number | null
  longitude: number | null
}
export interface SlotPerson {
  id: string
  name: string
  title: string
  sex: string
}
export interface Slot {
  starts_at: string
  ends_at: string
  caregiver: SlotPerson
  people: SlotPerson[]
  known_before: boolean
  came_last: boolean
}
export interface SlotDay {
  day: string
  slots: Slot[]
  reason_if_empty: string | null
}
export interface Wishes {
  period: 'any' | 'morning' | 'afternoon'
  caregiver_sex: 'any' | 'female' | 'male'
  who_is_present: string
  note: string
}
export interface Hold {
  id: string
  expires_at: string
  starts_at: string
  ends_at: string
  service: { name: string; duration_minutes?: number }
  caregivers: SlotPerson[]
  price_fen: number
  preparation: string
  heed: string[]
  cancel_rule: string
}
/** When who has set out will be at the door; null while nobody has, or once she is there. */
export interface OnTheWay { arrives_at: string | null }

export type VisitStatus = 'booked' | 'departed' | 'arrived' | 'under_way' | 'done' | 'cancelled' | 'missed'
export interface TimelineItem {
  at: string
  what: string
  who: string
  words: string
}
export interface ReadingLine {
  code: string
  name?: string
  value: number | string
  unit: string
  at?: string
}
export interface VisitLine {
  id: string
  service: { code?: string; name: string; preparation?: string; duration_minutes?: number }
  starts_at: string
  ends_at: string
  status: VisitStatus
  address_line: string
  address_id?: string
  caregivers: { id: string; name: string; title: string; state?: string; words?: string; phone_masked?: string; phone?: string; why?: string }[]
  visit_word: string | null
  price_fen: number
  can_cancel: boolean
  can_move: boolean
  rule: string
  series_id?: string | null
  rating: { stars: number; words?: string } | null
}
/** By which pattern somebody comes again; Monday is 0. */
export interface Repeat {
  unit: 'weeks' | 'days'
  every: number
  times_a_week: 1 | 2
  count: number | null
  holidays: 'move' | 'skip' | 'keep'
}
/** The same of a series that goes on: its own days may be said. */
export interface SeriesChange {
  scope: 'following' | 'all'
  from_day: string | null
  clock: string | null
  repeat: Omit<Repeat, 'times_a_week'> & { times_a_week?: 1 | 2; weekdays?: number[]; gap_days?: number; until: string | null }
}
export interface ChangeForeseen extends Foresight {
  goes: { day: string; starts_at: string | null; who: string[] }[]
  stays: { day: string; starts_at: string | null; who: string[] }[]
}
export interface Foresight {
  words: string
  end_words: string
  holiday_words: string
  after_words: string
  rule: string
  days: { on: string; day: string | null; starts_at: string | null; who: string[]; words: string }[]
}
export interface Occurrence {
  id: string
  on: string
  day: string
  state: 'wanted' | 'placed' | 'skipped' | 'holiday' | 'lapsed' | 'paused'
  words: string
  why: string
  visit_id: string | null
  status: VisitStatus | ''
  starts_at: string | null
  ends_at: string | null
  who: string[]
  who_words: string
  is_moved: boolean
  can_skip: boolean
}
export interface Series {
  id: string
  service_name: string
  words: string
  end_words: string
  holiday_words: string
  unit: 'weeks' | 'days'
  every: number
  weekdays: number[]
  gap_days: number
  count: number | null
  until: string | null
  holidays: Repeat['holidays']
  clock: string
  paused_until: string | null
  ended_at: string | null
  rule: string
  occurrences: Occurrence[]
}
export interface Visit extends VisitLine {
  timeline: TimelineItem[]
  result: { readings: ReadingLine[]; words: string } | null
}
export interface FamilyForm {
  told: string
  understood: string
  burden: string
  words: string
  can_change: boolean
}
export interface Concern {
  id: string
  kind: string
  words: string
  wants: string
  visit_id: string | null
  state: string
  raised_at: string
  next_due_at: string | null
  steps: { at: string; kind: string; words: string }[]
  can_appeal: boolean
  appeal_until: string | null
  is_accepted: boolean | null
}
export interface DoorCode {
  payload: string
  expires_at: string
}
export interface RecordLine {
  code: string
  name: string
  latest: { value: number | string; unit: string; at: string; alert?: string | null } | null
  sentence: string
}
export interface Band {
  low: number | null
  high: number | null
  name?: string
  high_included?: boolean
  set_by?: string | null
  source?: string | null
  words?: string
}
export interface TrendPoint {
  at: string
  value?: number | null
  systolic?: number | null
  diastolic?: number | null
  source?: string
  out_of_band?: boolean | null
  alert?: string | null
}
export interface Trend {
  code: string
  name: string
  unit: string
  band: Band | null
  bands?: { systolic?: Band | null; diastolic?: Band | null } | null
  band_missing?: string
  sentence: string
  points: TrendPoint[]
}
export interface Reader {
  at: string
  who: string
  organization: string
  purpose: string
  what: string
}
export interface Message {
  id: string
  at: string
  title: string
  words: string
  about: { kind: string; id: string } | null
  read_at: string | null
}
export interface Grant {
  id: string
  name: string
  relation: string
  allows: string[]
  phone_masked?: string
  valid_until: string | null
  given_by?: string
  is_guardian?: boolean
}
export interface Consent {
  purpose: string
  title: string
  text: string
  text_version: string
  state: string
  at: string | null
  answered_version: string | null
  is_agreement: boolean
  ends_on: string | null
  may_sign: boolean
  signed_as: string
  signer: string
  witness: string
}

/** What the caregiver works with. */
export interface Stop {
  visit_id: string
  starts_at: string
  ends_at: string
  status: VisitStatus
  state: string
  resident: { name: string; age: number | null; sex: string; lives_alone: boolean }
  address_line: string
  address_note: string
  point: { latitude: number; longitude: number } | null
  service: { name: string; duration_minutes: number }
  visit_word: string | null
  wishes: Partial<Wishes> | null
  people_needed: number
  with: string[]
  why?: string
}
/** A way to the laboratory: after which visit, with what was taken at which, and until when. */
export interface Delivery {
  after_visit_id: string
  visit_ids: string[]
  laboratory: string
  leaves_at: string
  handed_over_at: string
  due_at: string
  minutes_late: number
  /** When it was handed over, once she has said so. */
  delivered_at?: string | null
  is_overdue?: boolean
}
export interface Break {
  opens_at: string
  closes_at: string
  minutes: number
  /** When she has it; null if she is promised for too much. */
  starts_at: string | null
}
export interface WorkDay {
  day: string
  shift: { starts_at: string; ends_at: string; is_standby: boolean }[]
  stops: Stop[]
}
export interface Offer {
  id: string
  visit_id: string
  service_name: string
  starts_at: string
  ends_at: string
  area: string
  distance_km: number | null
  pay_fen: number | null
  deadline: string
  with_whom: string[] | string | null
  wishes: Partial<Wishes> | null
}
export type Evidence = 'none' | 'reading' | 'photo' | 'text' | 'teach_back' | 'signature'
export interface Step {
  key: string
  title: string
  title_en?: string
  prompt?: string
  critical: boolean
  evidence: Evidence
  codes?: string[]
}
export interface FormField {
  type?: string
  title?: string
  title_en?: string
  labels_en?: string[]
  format?: string
  maxLength?: number
  description?: string
  enum?: string[]
  minimum?: number
  maximum?: number
}
export interface FormSchema {
  properties?: Record<string, FormField>
  required?: string[]
}
export type FactKind =
  | 'departed' | 'arrived' | 'step_done' | 'measured' | 'photo' | 'teach_back' | 'signed' | 'supplies' | 'waste' | 'note' | 'exception' | 'question' | 'done' | 'left' | 'delivered'
export interface Fact {
  client_id: string
  visit_id: string
  kind: FactKind
  occurred_at: string
  content: Record<string, unknown>
  grade_words?: string
}
export interface WorkVisit extends Stop {
  version: {
    needs_order: boolean
    steps: Step[]
    supplies: (string | { code?: string; name: string; name_en?: string; quantity?: number; unit?: string; unit_en?: string })[]
    teaching_points: (string | { key?: string; text?: string; text_en?: string })[]
    record_form: FormSchema | null
  }
  facts: Fact[]
  phone: string | null
}
export interface FactAnswer {
  client_id: string
  received_at: string
  conflict: string | null
}
export interface FactRefusal {
  client_id: string
  code: string
  words: string
  fields: Record<string, string>
}

export interface BagLot {
  lot_id: string
  number: string
  expires_on: string | null
  quantity: number
  state: 'good' | 'soon' | 'expired'
}
export interface BagLine {
  item_id: string
  code: string
  name: string
  unit: string
  kind: string
  needed: number
  usable: number
  is_checked: boolean
  lots: BagLot[]
}
export interface BagCheck {
  day: string
  checked_at: string
  lacking: { item_id: string; what: string; words: string }[]
}
export interface CarriedWaste {
  id: string
  visit_id: string
  class_words: string
  bags: number
  seal: string
  is_double: boolean
  closed_at: string
  service_name: string
  tone: string
  words: string
}
export interface Bag {
  today: string
  lines: BagLine[]
  check: BagCheck | null
  waste: CarriedWaste[]
}
export interface ExceptionField {
  name: string
  ask: 'choice' | 'many' | 'number' | 'text'
  words: string
  is_required: boolean
  choices: { value: string; words: string }[]
  low: number
  high: number
}
export interface ExceptionForm {
  kind: string
  words: string
  first: string
  fields: ExceptionField[]
}
export interface ExceptionOfVisit {
  id: string
  kind: string
  kind_words: string
  next_words: string
  owner_name: string
  is_open: boolean
  opened_at: string
  closed_at: string | null
  outcome_words: string
}
export interface Prompt {
  situation: string
  version: number
  title: string
  say: string[]
  do: string[]
  source: string
}
/** How a call for help stands: no further than somebody has seen or done something. */
export interface Case {
  id: string
  client_id: string
  stands: 'sent' | 'seen' | 'taken' | 'closed'
  attended: boolean
  pressed_at: string
  received_at: string
  is_late: boolean
  seen_at: string | null
  taken_at: string | null
  taker: string
  closed_at: string | null
}
export interface Help {
  attended: boolean
  hours: string
  first_number: string
  desk_name: string
  desk_phone: string
  tells_family: boolean
  family: string[]
  decides: boolean
  case: Case | null
}
export interface Safety {
  attended: boolean
  first_number: string
  desk_phone: string
  fine_minutes: number
  asked: { id: string; visit_id: string; asked_at: string; answer_by: string; is_alarmed: boolean }[]
  case: Case | null
}

export interface Appeal {
  words: string
  made_at: string
  due_at: string
  answered_at: string | null
  is_upheld: boolean | null
  answer: string
}

export interface Enrolment {
  id: string
  programme: string
  stage: string
  words: string
  offer_until: string | null
  outcome: string
  why: string[]
  screening_id: string | null
  may_appeal: boolean
  appeal: Appeal | null
}

export interface Order {
  id: string
  root_id: string
  number: number
  title: string
  service: string
  kind: string
  state: string
  state_words: string
  tone: string
  valid_from: string
  valid_until: string
  facts: { name: string; words: string }[]
  decided_by: string
  decided_at: string | null
  why: string
  closed_why: string
  is_written_here: boolean
}
export interface DoctorAnswer {
  kind: string
  kind_words: string
  tone: string
  words: string
  follows: string
  by: string
  at: string
  read_at: string | null
  new_order_id: string | null
}
export interface Question {
  id: string
  client_id: string
  visit_id: string
  resident_id: string
  resident: string
  nurse: string
  asked_at: string
  is_readable: boolean
  words: string
  order_id: string | null
  order: string
  readings: { name: string; value: string; unit: string; at: string }[]
  photos: string[]
  photos_to_come: number
  doctor: string
  handed: { at: string; to: string; words: string }[]
  due_at: string | null
  seen_at: string | null
  is_mine: boolean
  answer: DoctorAnswer | null
}
export interface OrdersAtVisit {
  orders: Order[]
  waiting: Order[]
  questions: Question[]
}
export interface QuestionPage {
  question: Question
  orders: Order[]
  problems: { value: string; words: string }[]
  kinds: { value: string; words: string; needs_known: boolean }[]
  law: string
}
export interface DoctorsList {
  waiting: Question[]
  answered: Page<Question>
  has_older: boolean
}
export interface DoctorSays {
  kind: string
  is_known: boolean
  follows_order_id: string | null
  follows_problem: string
  words: string
  change: { name: string; dose: string; frequency: string; note: string; valid_until: string | null }
}
export interface TrainingCertificate {
  id: string
  number: string
  valid_from: string
  valid_until: string
  is_revoked: boolean
}
export interface Course {
  code: string
  title: string
  topic: string
  summary: string
  version: number
  minutes: number
  in_class: boolean
  standing: 'holds' | 'lapsing' | 'lapsed' | 'lacks' | 'free'
  standing_words: string
  tone: string
  until: string | null
  is_due: boolean
  is_bound: boolean
  services: string[]
  since: string | null
  read: number
  pages: number
  again_at: string | null
  may_sit: boolean
  certificate: TrainingCertificate | null
}
export interface CoursePage {
  course: Course
  pages_read: number[]
  contents: { title: string; text: string; file_id: string | null; alt: string }[]
  exam: { draw: number; pass_percent: number; wait_hours: number; minutes: number }
  attempts: { number: number; submitted_at: string; score: number; of: number; passed: boolean }[]
}
export interface ExamPaper {
  attempt_id: string
  number: number
  ends_at: string
  pass_percent: number
  questions: { key: string; kind: 'single' | 'multiple'; text: string; options: { key: string; text: string }[] }[]
}
export interface ExamOutcome {
  attempt_id: string
  passed: boolean
  right: number
  of: number
  wrong: { text: string; why: string }[]
  again_at: string | null
  certificate_id: string | null
  waits_for_class: boolean
}
/** A figure of her own month, in words. `saying`: said, no_data, too_few, not_yours. */
export interface Figure {
  code: string
  group: string
  name: string
  saying: string
  value_words: string
  detail_words: string
  left_out_words: string
  counts: string
  excludes: string
  source: string
  has_rows: boolean
  may_object: boolean
}
export interface Objection {
  id: string
  group_words: string
  is_of_row: boolean
  words: string
  state: 'open' | 'left_out' | 'stays'
  state_words: string
  is_late: boolean
  clock_words: string
  reason: string
  steps: { at: string; words: string; who: string; owner_name: string; said: string }[]
}
export interface Performance {
  month: string
  months: string[]
  first: string
  last: string
  as_of: string
  figures: Figure[]
  objections: Objection[]
  objection_rule: string
}
export interface FigureRow {
  row_id: string
  at: string
  service_name: string
  resident_name: string
  words: string
  side_words: string
  tone: string
  left_out_words: string
  objection_words: string
  may_object: boolean
}
export interface FigureRows {
  figure: Figure
  rows: Page<FigureRow>
}
