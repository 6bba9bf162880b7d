import { assertNever } from '../../contract/invariant.ts'
import { DashboardProvider, type Dashboard } from '../client/dashboard.tsx'
import { DiagnosticsScreen } from '../features/diagnostics/DiagnosticsScreen.tsx'
import { HomeScreen } from '../features/jobs/HomeScreen.tsx'
import { JobScreen } from '../features/job/JobScreen.tsx'
import { DraftProvider } from '../features/newJob/DraftProvider.tsx'
import { NewJobScreen } from '../features/newJob/NewJobScreen.tsx'
import { WindowDrop } from '../features/newJob/WindowDrop.tsx'
import { StorageScreen } from '../features/storage/StorageScreen.tsx'
import { WorkersScreen } from '../features/fleet/WorkersScreen.tsx'
import { useRoute } from '../routing/useRoute.ts'
import { Boundary } from './Boundary.tsx'
import { Shell } from './Shell.tsx'

export function App({ dashboard }: { dashboard: Dashboard }) {
  return (
    <DashboardProvider dashboard={dashboard}>
      <DraftProvider>
        <Shell>
          <Screen />
        </Shell>
        <WindowDrop />
      </DraftProvider>
    </DashboardProvider>
  )
}

/** Keyed by what it shows, so that each screen opens with its focus at the top and nothing of another. */
function Screen() {
  const route = useRoute()
  const key = route.screen === 'job' ? route.id : route.screen
  return <Boundary key={key}>{screenOf(route)}</Boundary>
}

function screenOf(route: ReturnType<typeof useRoute>) {
  switch (route.screen) {
    case 'home':
      return <HomeScreen search={route.search} state={route.state} />
    case 'newJob':
      return <NewJobScreen wanted={route.kind} />
    case 'job':
      return <JobScreen id={route.id} />
    case 'workers':
      return <WorkersScreen />
    case 'storage':
      return <StorageScreen />
    case 'diagnostics':
      return <DiagnosticsScreen />
    default:
      return assertNever(route, 'route')
  }
}
