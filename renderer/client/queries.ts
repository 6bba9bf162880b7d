import { keepPreviousData, queryOptions, skipToken, useQueries, useQuery } from '@tanstack/react-query'
import type { JobDetail, JobFilter, JobRequest, Source } from '../../contract/api.ts'
import type { CommandResult } from '../../contract/commandError.ts'
import type { Inspection } from '../../contract/dataset.ts'
import type { JobBrief, JobDocument, JobSummary } from '../../contract/job.ts'
import type { TableWishes } from '../../contract/table.ts'
import type { TaskState } from '../../contract/transitions.ts'
import { useHost, useLive } from './dashboard.tsx'
import type { ApiClient } from './host.ts'
import { steadyProgress } from './liveModel.ts'

/** Everything that screens read from the host, each with the key under which live news refreshes it. */
export function useHostInfo() {
  const { api } = useHost()
  return useQuery({ queryKey: ['info'], queryFn: () => api.host.info() })
}

export function useStorage() {
  const { api } = useHost()
  return useQuery({ queryKey: ['storage'], queryFn: () => api.host.storage(), staleTime: 0 })
}

export function useKinds() {
  const { api } = useHost()
  return useQuery({ queryKey: ['kinds'], queryFn: () => api.kinds.list(), staleTime: 60_000 })
}

export function useRecipes() {
  const { api } = useHost()
  return useQuery({ queryKey: ['recipes'], queryFn: () => api.recipes.list() })
}

export function useJobs(filter: JobFilter) {
  const { api } = useHost()
  return useQuery({
    queryKey: ['jobs', filter],
    queryFn: () => api.jobs.list(filter),
    placeholderData: keepPreviousData,
  })
}

/** A job's page, its state and progress kept fresh by the live picture between two readings of the rest. */
export function useJob(id: string) {
  const { api } = useHost()
  const live = useLive((model) => model.jobs.get(id))
  const query = useQuery({ queryKey: ['job', id, 'detail'], queryFn: () => api.jobs.get({ job: id }) })
  return { ...query, detail: withLive(query.data, live) }
}

function withLive(
  read: CommandResult<JobDetail> | undefined,
  live: JobSummary | undefined,
): CommandResult<JobDetail> | undefined {
  if (read === undefined || !read.ok || live === undefined || live.version < read.value.version) return read
  const { progress } = read.value
  const newest = progress !== null && live.progress !== null ? steadyProgress(progress, live.progress) : live.progress
  return {
    ok: true,
    value: { ...read.value, document: withNews(read.value.document, live.job), progress: newest },
  }
}

/** What was asked for does not change, and the live picture has only the beginning of it. */
function withNews(document: JobDocument, { paramsLeftOut: _, ...news }: JobBrief): JobDocument {
  const { inputs, params } = document.job
  return { ...document, job: { ...news, inputs, params } }
}

export interface TaskPage {
  state?: TaskState
  limit: number
  offset: number
}

export function useTasks(job: string, page: TaskPage) {
  const { api } = useHost()
  return useQuery({
    queryKey: ['job', job, 'tasks', page],
    queryFn: () => api.jobs.tasks({ job, ...page }),
    placeholderData: keepPreviousData,
  })
}

export function useRejects(job: string, page: { limit: number; offset: number }) {
  const { api } = useHost()
  return useQuery({
    queryKey: ['job', job, 'rejects', page],
    queryFn: () => api.jobs.rejects({ job, ...page }),
    placeholderData: keepPreviousData,
  })
}

/** One reading per source and what a person says of it, shared by whoever shows it. */
function inspectionOf(api: ApiClient, source: Source, table: TableWishes) {
  return queryOptions({
    queryKey: ['inspection', source, table],
    queryFn: () => api.datasets.inspect({ sources: [source], ...(Object.keys(table).length === 0 ? {} : { table }) }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** What was read before stays in sight until the new reading is there. */
export function useInspection(source: Source, table: TableWishes) {
  return useQuery({ ...inspectionOf(useHost().api, source, table), placeholderData: keepPreviousData })
}

/** What inputs are, in their order; null for one that has not been looked at, or could not be. */
export function useInspections(sources: readonly (Source | null)[], table: TableWishes): (Inspection | null)[] {
  const { api } = useHost()
  const known = sources.filter((source) => source !== null)
  const read = useQueries({ queries: known.map((source) => inspectionOf(api, source, table)) })
  const found = new Map(known.map((source, index) => [source, firstOf(read[index]?.data)]))
  return sources.map((source) => (source === null ? null : (found.get(source) ?? null)))
}

function firstOf(reply: CommandResult<Inspection[]> | undefined): Inspection | null {
  return reply?.ok === true ? (reply.value[0] ?? null) : null
}

/** What is wrong with a request, or how the job's output would begin; null asks for nothing. The last request is the one that counts. */
export function useCheck(request: JobRequest | null) {
  const { api } = useHost()
  return useQuery({
    queryKey: ['check', request],
    queryFn: request === null ? skipToken : ({ signal }) => api.jobs.check(request, { signal }),
    staleTime: 0,
    placeholderData: keepPreviousData,
  })
}

export function useFolder(folder: string | null) {
  const { api } = useHost()
  return useQuery({
    queryKey: ['folder', folder],
    queryFn: () => api.datasets.list(folder === null ? {} : { folder }),
  })
}
