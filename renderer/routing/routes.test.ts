import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jobStates } from '../../contract/transitions.ts'
import { formatRoute, homeRoute, parseRoute, type Route } from './routes.ts'

const route: fc.Arbitrary<Route> = fc.oneof(
  fc.record({
    screen: fc.constant('home' as const),
    search: fc.string(),
    state: fc.option(fc.constantFrom(...jobStates)),
  }),
  fc.record({ screen: fc.constant('newJob' as const), kind: fc.option(fc.string({ minLength: 1 })) }),
  fc.record({ screen: fc.constant('job' as const), id: fc.string({ minLength: 1 }) }),
  fc.constantFrom<Route>({ screen: 'workers' }, { screen: 'storage' }, { screen: 'diagnostics' }),
)

describe('routes', () => {
  it('come back from their address as they were', () => {
    fc.assert(
      fc.property(route, (each) => {
        expect(parseRoute(formatRoute(each))).toEqual(each)
      }),
    )
  })

  it('lead home from an address that means nothing', () => {
    for (const hash of ['', '#', '#/nowhere', '#token', '#/jobs/', '#/jobs'])
      expect(parseRoute(hash)).toEqual(homeRoute)
  })

  it('ignore a state that does not exist and bear a broken escape', () => {
    expect(parseRoute('#/?state=busy')).toEqual(homeRoute)
    expect(parseRoute('#/jobs/%E0%A4%A')).toEqual({ screen: 'job', id: '%E0%A4%A' })
  })
})
