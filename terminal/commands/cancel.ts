import { succeed } from '../../contract/commandError.ts'
import type { Verb } from '../commandLine.ts'
import { addSteering } from '../steering.ts'

/** `cancel JOB…`: work drains, the partial answer stays. */
export const addCancel: Verb = (program, context) =>
  addSteering(program, context, {
    verb: 'cancel',
    description: 'stop jobs; what is done so far is kept',
    done: 'is being cancelled',
    starts: false,
    async ask({ client }, job) {
      const answer = await client.jobs.cancel({ job })
      return answer.ok ? succeed(answer.value.job.job.id) : answer
    },
  })
