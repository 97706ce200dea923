/** Where a visit stands for who waits for it: booked, but whoever is down for it has not said yes, is not settled. */
import type { VisitLine } from './api/types'

export const standing = (visit: VisitLine): string =>
  visit.status === 'booked' && visit.caregivers.some((each) => each.state === 'tentative') ? 'awaited' : visit.status
