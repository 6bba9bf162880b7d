import type { CommandError } from '../contract/commandError.ts'
import { commandErrorLine } from '../contract/commandError.ts'
import { assertNever } from '../contract/invariant.ts'
import type { Job } from '../contract/job.ts'

/** What the command line ends with. Scripts rely on it; the manual lists it. */
export const exitCodes = { succeeded: 0, failed: 1, refused: 2, withRejects: 3, cancelled: 130 } as const

/** A command that was not carried out: its message is the one line that the person reads. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly exitCode: number

  constructor(message: string, exitCode: number = exitCodes.refused) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Wrong usage and refused inputs are the person's to mend; a host that cannot answer is not. */
export function refusalOf(error: CommandError): Refusal {
  return new Refusal(commandErrorLine(error), error.code === 'unavailable' ? exitCodes.failed : exitCodes.refused)
}

/** The value of a command that was carried out; throws its refusal otherwise. */
export function valueOf<T>(result: { ok: true; value: T } | { ok: false; error: CommandError }): T {
  if (!result.ok) throw refusalOf(result.error)
  return result.value
}

/** How a finished job ends the command that waited for it. A job that is not over yet has not failed. */
export function exitCodeOf(job: Pick<Job, 'state' | 'rejects'>): number {
  switch (job.state) {
    case 'failed':
      return exitCodes.failed
    case 'cancelled':
      return exitCodes.cancelled
    case 'succeeded':
      return job.rejects > 0 ? exitCodes.withRejects : exitCodes.succeeded
    case 'queued':
    case 'paused':
    case 'running':
    case 'cancelling':
      return exitCodes.succeeded
    default:
      return assertNever(job.state, 'exit code of a job')
  }
}

/** Of several jobs: what most needs a look. */
export function worstOf(codes: readonly number[]): number {
  const order: number[] = [exitCodes.failed, exitCodes.cancelled, exitCodes.withRejects]
  return order.find((code) => codes.includes(code)) ?? exitCodes.succeeded
}
