import { useMemo, useState } from 'react'
import type { JobSummary } from '../../../contract/job.ts'
import { finalJobStates, jobStates, type JobState } from '../../../contract/transitions.ts'
import { useLive } from '../../client/dashboard.tsx'
import { useJobs } from '../../client/queries.ts'
import { adjustRoute } from '../../routing/useRoute.ts'
import { homeRoute } from '../../routing/routes.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Page } from '../../ui/Page.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { Choice } from '../../ui/fields.tsx'
import { strings } from '../../ui/strings.ts'
import { DropTarget } from '../newJob/DropTarget.tsx'
import { JobTable } from './JobTable.tsx'
import { RunningJob } from './RunningJob.tsx'
import { SearchBox } from './SearchBox.tsx'

const text = strings.home
const pageSize = 50

/** Where to drop, what is going on, and every job on record. Search and filter stand in the address. */
export function HomeScreen({ search, state }: { search: string; state: JobState | null }) {
  const live = useLive((model) => model.jobs)
  const going = useMemo(() => unfinished([...live.values()]), [live])
  return (
    <Page title={text.title}>
      <DropTarget />
      {going.length > 0 && (
        <Panel title={text.going}>
          <ul className="divide-y divide-line">
            {going.map((summary) => (
              <RunningJob key={summary.job.id} summary={summary} />
            ))}
          </ul>
        </Panel>
      )}
      <PastJobs search={search} state={state} />
    </Page>
  )
}

function unfinished(jobs: JobSummary[]): JobSummary[] {
  return jobs
    .filter(({ job }) => !finalJobStates.has(job.state))
    .toSorted(
      (a, b) =>
        Number(b.job.state === 'running') - Number(a.job.state === 'running') || a.job.createdAt - b.job.createdAt,
    )
}

function PastJobs({ search, state }: { search: string; state: JobState | null }) {
  const [limit, setLimit] = useState(pageSize)
  const filter = { limit, offset: 0, ...(search === '' ? {} : { search }), ...(state === null ? {} : { state }) }
  const listed = useJobs(filter)
  const unfiltered = search === '' && state === null
  if (unfiltered && listed.data?.total === 0) return <Empty />
  return (
    <Panel title={text.past} aside={<Filters search={search} state={state} />}>
      {listed.isError && <ErrorNote error={listed.error.message} />}
      {listed.isPending && <Skeleton lines={6} />}
      {listed.data !== undefined && <Found {...listed.data} onMore={() => setLimit(limit + pageSize)} />}
    </Panel>
  )
}

function Found({ jobs, total, onMore }: { jobs: JobSummary[]; total: number; onMore: () => void }) {
  if (total === 0) {
    return (
      <p className="flex items-center gap-3 text-soft">
        {text.nothingFound}
        <Button look="quiet" onPress={() => adjustRoute(homeRoute)}>
          {text.clear}
        </Button>
      </p>
    )
  }
  return (
    <>
      <JobTable jobs={jobs} />
      {jobs.length < total && (
        <div className="mt-3 flex items-center gap-3 text-soft">
          {text.more(jobs.length, total)}
          <Button onPress={onMore}>{text.showMore}</Button>
        </div>
      )}
    </>
  )
}

function Filters({ search, state }: { search: string; state: JobState | null }) {
  const options = [
    { value: '', label: text.anyState },
    ...jobStates.map((each) => ({ value: each, label: strings.jobStates[each] })),
  ]
  return (
    <div className="flex flex-wrap items-center gap-3">
      <SearchBox value={search} onChange={(next) => adjustRoute({ screen: 'home', search: next, state })} />
      <Choice
        inline
        label={text.state}
        value={state ?? ''}
        options={options}
        onChange={(next) =>
          adjustRoute({ screen: 'home', search, state: jobStates.find((each) => each === next) ?? null })
        }
      />
    </div>
  )
}

function Empty() {
  return (
    <div className="rounded-lg border border-line bg-card px-6 py-10 text-center">
      <h2 className="text-lg font-semibold">{text.emptyTitle}</h2>
      <p className="mx-auto mt-2 max-w-xl text-soft">{text.emptyText}</p>
    </div>
  )
}
