import { useSyncExternalStore } from 'react'
import { parseRoute, formatRoute, type Route } from './routes.ts'

function listen(changed: () => void): () => void {
  addEventListener('hashchange', changed)
  return () => removeEventListener('hashchange', changed)
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(listen, () => location.hash))
}

export function goTo(route: Route): void {
  location.hash = formatRoute(route)
}

/** The same screen with other settings: no new step for the Back button. */
export function adjustRoute(route: Route): void {
  history.replaceState(null, '', formatRoute(route))
  dispatchEvent(new HashChangeEvent('hashchange'))
}
