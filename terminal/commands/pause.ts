import { succeed } from '../../contract/commandError.ts'
import type { Verb } from '../commandLine.ts'
import { addSteering } from '../steering.ts'

/** `pause JOB…`: no new task starts; what runs is finished. */
export const addPause: Verb = (program, context) =>
  addSteering(program, context, {
    verb: 'pause',
    description: 'hold jobs until they are resumed',
    done: 'is paused',
    starts: false,
    async ask({ client }, job) {
      const answer = await client.jobs.pause({ job })
      return answer.ok ? succeed(answer.value.job.job.id) : answer
    },
  })
