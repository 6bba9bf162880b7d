import type { QueryClient, QueryKey } from '@tanstack/react-query'
import { throttleByKey } from './throttle.ts'

const everyMs = 500

/**
 * Reads again what live news has made stale, each key at most twice a second. A reading that is under way may have begun before the
 * news, so it is left to end (under steady news, calling it off would starve the page) and followed by another.
 */
export function createRefresh(
  queries: QueryClient,
  schedule: (callback: () => void, ms: number) => void,
): (queryKey: QueryKey) => void {
  const refresh = throttleByKey(
    (key) => {
      const queryKey = JSON.parse(key) as QueryKey
      if (queries.isFetching({ queryKey }) > 0) refresh(key)
      else void queries.invalidateQueries({ queryKey })
    },
    everyMs,
    schedule,
  )
  return (queryKey) => refresh(JSON.stringify(queryKey))
}
