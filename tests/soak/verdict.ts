import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { JobDetail } from '../../contract/api.ts'
import type { Reject, Task } from '../../contract/job.ts'
import type { Findings } from './findings.ts'
import type { Request } from './requests.ts'

/** Holds a job that is over against its oracle: the answer, the artifact, what was set aside, and the cells that its tasks cover. */
export interface Ended {
  request: Request
  detail: JobDetail
  tasks: readonly Task[]
  rejects: readonly Reject[]
}

/** Why a record may be set aside that is none of the bad ones: workers died at it, which here they do for no reason of its own. */
const blamed = /^the worker (died|said nothing|ran out)|^the task made no progress/

export function judge(ended: Ended, findings: Findings): void {
  const { job, artifacts } = ended.detail.document
  const say = `${job.name} (${job.kind}, ${job.id})`
  judgeRejects(ended, say, findings)
  judgeCells(ended, say, findings)
  const without = new Set(ended.rejects.map((reject) => indexOf(ended.request, reject)))
  const { result, artifact } = ended.request.oracle.expected(without)
  if (!isDeepStrictEqual(ended.detail.document.result, result))
    findings.fault(`wrong: the result of ${say} is ${brief(ended.detail.document.result)} and not ${brief(result)}`)
  const written = artifacts.find(({ name }) => name !== 'rejects.csv' && !name.startsWith('rejects-'))
  if (artifact === null) return
  if (written === undefined || !existsSync(written.path)) findings.lose(`the artifact of ${say}`)
  else if (!readFileSync(written.path).equals(artifact)) findings.fault(`wrong: the artifact of ${say}`)
  else judgeFolder(dirname(written.path), say, findings)
}

/** Records of a file are known by their row, listed items by their place in the list. */
function indexOf({ oracle }: Request, { row, offset }: Reject): number {
  return oracle.lines === null ? offset : (row ?? 0) - 1
}

function judgeRejects({ request, detail, rejects }: Ended, say: string, findings: Findings): void {
  const { oracle } = request
  const places = rejects.map((reject) => indexOf(request, reject))
  const once = new Set(places)
  if (once.size < places.length) findings.double(`records set aside by ${say}`, places.length - once.size)
  const kept = oracle.bad.filter((place) => !once.has(place))
  if (kept.length > 0) findings.lose(`records that ${say} should have set aside, ${kept.join(', ')}`, kept.length)
  if (detail.document.job.rejects !== rejects.length)
    findings.fault(`${say} tells of ${detail.document.job.rejects} rejects and has ${rejects.length}`)
  for (const reject of rejects) {
    const place = indexOf(request, reject)
    if (oracle.lines !== null && oracle.lines[place] !== reject.raw)
      findings.fault(`${say} set aside row ${place + 1} as ${brief(reject.raw)}`)
    if (!oracle.bad.includes(place) && !blamed.test(reject.reason))
      findings.fault(`${say} set aside a good record, row ${place + 1}: ${reject.reason}`)
  }
}

/** Of each stage over cells the succeeded tasks cover every cell once. */
function judgeCells({ tasks }: Ended, say: string, findings: Findings): void {
  const succeeded = tasks.filter(({ state, stage }) => state === 'succeeded' && overCells.has(stage))
  for (const [stage, ofStage] of Map.groupBy(succeeded, (task) => task.stage)) {
    let next = 0
    for (const [from, to] of ofStage.map(({ cells }) => cells).sort(([one], [other]) => one - other)) {
      if (from > next) findings.lose(`cells ${next} to ${from} of ${stage} of ${say}`, from - next)
      if (from < next) findings.double(`cells ${from} to ${Math.min(to, next)} of ${stage} of ${say}`, next - from)
      next = Math.max(next, to)
    }
    const end = Math.max(...tasks.filter((task) => task.stage === stage).map(({ cells }) => cells[1]))
    if (next < end) findings.lose(`cells ${next} to ${end} of ${stage} of ${say}`, end - next)
  }
}

const overCells: ReadonlySet<string> = new Set(['count', 'compute', 'check', 'sieve', 'wait', 'add'])

function judgeFolder(folder: string, say: string, findings: Findings): void {
  const parts = readdirSync(folder).filter((name) => name.endsWith('.part'))
  if (parts.length > 0) findings.fault(`left over: ${parts.join(', ')} of ${say}`)
}

function brief(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300)
}
