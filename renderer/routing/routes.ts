import { assertNever } from '../../contract/invariant.ts'
import { jobStates, type JobState } from '../../contract/transitions.ts'

/** The address of each screen, kept in the fragment so that one page serves them all. Pure: text in, route out, and back. */
export type Route =
  | { screen: 'home'; search: string; state: JobState | null }
  | { screen: 'newJob'; kind: string | null }
  | { screen: 'job'; id: string }
  | { screen: 'workers' }
  | { screen: 'storage' }
  | { screen: 'diagnostics' }

export const homeRoute: Route = { screen: 'home', search: '', state: null }

/** An address that means nothing leads home. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2)
  const params = new URLSearchParams(query)
  const [first = '', second = ''] = path.split('/').slice(1)
  if (first === 'new') return { screen: 'newJob', kind: params.get('kind') }
  if (first === 'jobs' && second !== '') return { screen: 'job', id: decode(second) }
  if (first === 'workers') return { screen: 'workers' }
  if (first === 'storage') return { screen: 'storage' }
  if (first === 'diagnostics') return { screen: 'diagnostics' }
  return { screen: 'home', search: params.get('search') ?? '', state: stateNamed(params.get('state')) }
}

export function formatRoute(route: Route): string {
  switch (route.screen) {
    case 'home':
      return `#/${query({ search: route.search, state: route.state })}`
    case 'newJob':
      return `#/new${query({ kind: route.kind })}`
    case 'job':
      return `#/jobs/${encodeURIComponent(route.id)}`
    case 'workers':
    case 'storage':
    case 'diagnostics':
      return `#/${route.screen}`
    default:
      return assertNever(route, 'route')
  }
}

function query(values: Record<string, string | null>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) if (value !== null && value !== '') params.set(name, value)
  return params.size === 0 ? '' : `?${params.toString()}`
}

function stateNamed(name: string | null): JobState | null {
  return jobStates.find((state) => state === name) ?? null
}

/** A half-typed escape in an address is taken as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    if (cause instanceof URIError) return text
    throw cause
  }
}
