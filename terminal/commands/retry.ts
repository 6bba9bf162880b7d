import { succeed } from '../../contract/commandError.ts'
import type { Verb } from '../commandLine.ts'
import { addSteering } from '../steering.ts'

/** `retry JOB…`: the unfinished tasks of a failed or cancelled job run again. */
export const addRetry: Verb = (program, context) =>
  addSteering(program, context, {
    verb: 'retry',
    description: 'run the unfinished tasks of failed or cancelled jobs again',
    done: 'is tried again',
    starts: true,
    async ask({ client }, job) {
      const answer = await client.jobs.retry({ job })
      return answer.ok ? succeed(answer.value.job.job.id) : answer
    },
  })
