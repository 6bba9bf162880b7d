import { succeed } from '../../contract/commandError.ts'
import type { Verb } from '../commandLine.ts'
import { addSteering } from '../steering.ts'

/** `resume JOB…`: a paused job goes on where it was. */
export const addResume: Verb = (program, context) =>
  addSteering(program, context, {
    verb: 'resume',
    description: 'go on with paused jobs',
    done: 'goes on',
    starts: true,
    async ask({ client }, job) {
      const answer = await client.jobs.resume({ job })
      return answer.ok ? succeed(answer.value.job.job.id) : answer
    },
  })
