import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createContext, useContext, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { ConnectionState, Host } from './host.ts'
import { createLiveStore, follow, type LiveStore } from './live.ts'
import type { LiveModel } from './liveModel.ts'
import { createRefresh } from './refresh.ts'

/** What every screen shares: the host, the live picture of it, and the cache of what has been read from it. */
export interface Dashboard {
  host: Host
  live: LiveStore
  queries: QueryClient
}

const betweenWatchesMs = 250

export function openDashboard(host: Host, signal: AbortSignal): Dashboard {
  const queries = new QueryClient({
    defaultOptions: { queries: { networkMode: 'always', retry: 2, staleTime: 5_000, refetchOnWindowFocus: false } },
  })
  const live = createLiveStore()
  const later = (callback: () => void, ms: number) => void setTimeout(callback, ms)
  const refresh = createRefresh(queries, later)
  void follow(live, {
    host: host.api.host,
    signal,
    onWatching: () => void queries.invalidateQueries(),
    onApplied(applied) {
      for (const id of applied.touched) refresh(['job', id])
      if (applied.listChanged) refresh(['jobs'])
    },
    wait: () => new Promise((resolve) => later(resolve, betweenWatchesMs)),
  })
  return { host, live, queries }
}

const DashboardContext = createContext<Dashboard | null>(null)

export function DashboardProvider({ dashboard, children }: { dashboard: Dashboard; children: ReactNode }) {
  return (
    <DashboardContext value={dashboard}>
      <QueryClientProvider client={dashboard.queries}>{children}</QueryClientProvider>
    </DashboardContext>
  )
}

function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext)
  if (dashboard === null) throw new Error('A screen stands outside the DashboardProvider')
  return dashboard
}

export const useHost = (): Host => useDashboard().host

export function useLive<Value>(select: (model: LiveModel) => Value): Value {
  return useStore(useDashboard().live, select)
}

export function useConnection(): ConnectionState {
  return useStore(useHost().connection)
}
