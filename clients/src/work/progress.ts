/** What the facts so far mean for the visit: pure, so that the page, the day list and a test read it alike. */
import type { Fact, Step, WorkVisit } from '@/api/types'

export type Stage = 'booked' | 'departed' | 'arrived' | 'done' | 'left'

/** The server's facts and this phone's, each once, in the order they happened. */
export function together(theirs: Fact[], ours: Fact[]): Fact[] {
  const known = new Map<string, Fact>()
  for (const fact of [...ours, ...theirs]) known.set(fact.client_id, fact)
  return [...known.values()].sort((a, b) => new Date(a.occurred_at).getTime() - new Date(b.occurred_at).getTime())
}

export function stageOf(facts: Fact[], told: string): Stage {
  const has = (kind: string) => facts.some((fact) => fact.kind === kind)
  if (has('done') || told === 'done') return 'done'
  // Whoever leaves after it is done has simply left.
  if (has('left')) return 'left'
  if (has('arrived') || told === 'arrived' || told === 'under_way') return 'arrived'
  if (has('departed') || told === 'departed') return 'departed'
  return 'booked'
}

export interface StepState {
  step: Step
  doneAt: string
  /** Why it was left out, if it was. */
  skipped: string
  /** What must come before this one may be ticked. */
  waitsFor: Step | null
  /** Said once, on the first that waits. */
  saysWhy: boolean
  isNow: boolean
}

/** Steps go in order: whatever follows a critical step waits until that is done. Others may be left out. */
export function stepsOf(version: WorkVisit['version'], facts: Fact[]): StepState[] {
  let blocker: Step | null = null
  let isNowTaken = false
  let isSaid = false
  return version.steps.map((step) => {
    const done = facts.find((fact) => fact.kind === 'step_done' && fact.content.key === step.key)
    const state: StepState = { step, doneAt: done?.occurred_at ?? '', skipped: done?.content.skipped ? String(done.content.reason ?? '') : '', waitsFor: done ? null : blocker, saysWhy: false, isNow: false }
    if (state.waitsFor && !isSaid) isSaid = state.saysWhy = true
    if (!done && !blocker && !isNowTaken) {
      state.isNow = true
      isNowTaken = true
    }
    if (!done && step.critical) blocker ??= step
    return state
  })
}

/** Titles of what keeps the visit from being finished. */
export function missing(version: WorkVisit['version'], facts: Fact[]): Step[] {
  const done = new Set(facts.filter((fact) => fact.kind === 'step_done').map((fact) => fact.content.key))
  return version.steps.filter((step) => step.critical && !done.has(step.key))
}

export const isSigned = (facts: Fact[]): boolean => facts.some((fact) => fact.kind === 'signed')
