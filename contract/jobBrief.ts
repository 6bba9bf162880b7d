import type { Job, JobBrief, JobDocument } from './job.ts'
import type { Json } from './json.ts'

/**
 * Jobs as they travel. A job may have 100,000 inputs and a million listed values; a message must stay small whatever was asked. So what
 * is told again and again carries the first inputs and the short params, and a job's page somewhat more. The whole stands in the ledger.
 */
const briefly = { inputs: 3, paramBytes: 1024 }
const amply = { inputs: 1000, paramBytes: 256 * 1024 }

/** What was asked for, in little room. */
export type Asked = Pick<JobBrief, 'inputs' | 'params' | 'paramsLeftOut'>

export function askedBriefly({ inputs, params }: Pick<Job, 'inputs' | 'params'>): Asked {
  const kept = shortParams(params, briefly.paramBytes)
  return {
    inputs: {
      first: inputs.slice(0, briefly.inputs).map(({ name, bytes }) => ({ name, bytes })),
      count: inputs.length,
      bytes: inputs.reduce((sum, input) => sum + input.bytes, 0),
    },
    params: kept.params,
    paramsLeftOut: kept.leftOut,
  }
}

/** `asked` where it is known already: working it out takes as long as a job is large. */
export function briefOf(job: Job, asked: Asked = askedBriefly(job)): JobBrief {
  return { ...job, ...asked }
}

/** What a document has that is too large to travel is left out of it, and named. */
export interface LeftOut {
  /** So many inputs behind those that are there. */
  inputs: number
  params: string[]
}

export function boundDocument(document: JobDocument): { document: JobDocument; leftOut: LeftOut } {
  const { job } = document
  const { params, leftOut } = shortParams(job.params, amply.paramBytes)
  const inputs = job.inputs.slice(0, amply.inputs)
  return {
    document: { ...document, job: { ...job, inputs, params } },
    leftOut: { inputs: job.inputs.length - inputs.length, params: leftOut },
  }
}

/** Those that fit into `mostBytes` of JSON together, the first ones first, and the names of the others. */
function shortParams(params: Job['params'], mostBytes: number): { params: Job['params']; leftOut: string[] } {
  const kept: [string, Json][] = []
  const leftOut: string[] = []
  let left = mostBytes
  for (const [name, value] of Object.entries(params)) {
    const bytes = JSON.stringify(value).length
    if (bytes > left) {
      leftOut.push(name)
      continue
    }
    left -= bytes
    kept.push([name, value])
  }
  return { params: Object.fromEntries(kept), leftOut }
}
