import type { ReactNode } from 'react'
import { useConnection, useHost } from '../client/dashboard.tsx'
import type { ConnectionState } from '../client/host.ts'
import { useHostInfo } from '../client/queries.ts'
import { useDraft } from '../features/newJob/DraftProvider.tsx'
import { formatRoute, homeRoute, type Route } from '../routing/routes.ts'
import { useRoute } from '../routing/useRoute.ts'
import { Button } from '../ui/Button.tsx'
import { strings } from '../ui/strings.ts'

const places: { name: string; route: Route }[] = [
  { name: strings.nav.home, route: homeRoute },
  { name: strings.nav.newJob, route: { screen: 'newJob', kind: null } },
  { name: strings.nav.workers, route: { screen: 'workers' } },
  { name: strings.nav.storage, route: { screen: 'storage' } },
  { name: strings.nav.diagnostics, route: { screen: 'diagnostics' } },
]

/** What stands around every screen: the way to the others, and whether the host is there. */
export function Shell({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-screen flex-col">
      <button
        type="button"
        className="sr-only focus:not-sr-only"
        onClick={() => document.querySelector('main')?.focus()}
      >
        {strings.nav.skip}
      </button>
      <header className="sticky top-0 z-20 border-b border-line bg-card">
        <div className="mx-auto flex w-full max-w-6xl flex-wrap items-center gap-x-8 gap-y-2 px-6 py-2.5">
          <span className="flex items-center gap-2 text-base font-semibold">
            <img src="./icon.svg" alt="" width="22" height="22" />
            {strings.app}
          </span>
          <Navigation />
        </div>
        <ConnectionBanner />
        <LedgerNotes />
      </header>
      <main tabIndex={-1} className="flex-1 outline-none">
        {children}
      </main>
    </div>
  )
}

function Navigation() {
  const { screen } = useRoute()
  const waiting = useDraft((draft) => draft.inputs.length)
  return (
    <nav aria-label={strings.nav.label} className="flex gap-1">
      {places.map(({ name, route }) => (
        <a
          key={name}
          href={formatRoute(route)}
          aria-current={route.screen === screen ? 'page' : undefined}
          className="rounded-md px-3 py-1.5 font-medium text-soft hover:bg-sunken aria-[current]:bg-accent-wash aria-[current]:text-accent-strong"
        >
          {name}
          {route.screen === 'newJob' && waiting > 0 && <span className="figures"> ({waiting})</span>}
        </a>
      ))}
    </nav>
  )
}

/** What the host had to do about its database when it opened. */
function LedgerNotes() {
  const notes = useHostInfo().data?.notes ?? []
  return notes.map((note) => (
    <p key={note} role="note" className="bg-warn-wash px-6 py-2 text-warn">
      <span className="mx-auto block max-w-6xl wrap-anywhere">{strings.connection.ledgerNote(note)}</span>
    </p>
  ))
}

const triesBeforeLong = 6

function ConnectionBanner() {
  const { status, tries } = useConnection()
  const host = useHost()
  return (
    <div aria-live="polite">
      {status !== 'open' && (
        <div className="bg-warn-wash px-6 py-2 text-warn">
          <div className="mx-auto flex max-w-6xl items-center justify-between gap-4">
            <p className="font-medium">{bannerText(status, tries)}</p>
            {status !== 'connecting' && <Button onPress={() => host.retryNow()}>{strings.connection.retry}</Button>}
          </div>
        </div>
      )}
    </div>
  )
}

function bannerText(status: Exclude<ConnectionState['status'], 'open'>, tries: number): string {
  if (status === 'connecting') return strings.connection.connecting
  if (status === 'refused') return strings.connection.refused
  if (status === 'ended') return strings.connection.ended
  return tries > triesBeforeLong ? strings.connection.awayLong : strings.connection.away
}
