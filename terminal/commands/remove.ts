import { succeed } from '../../contract/commandError.ts'
import type { Verb } from '../commandLine.ts'
import { addSteering } from '../steering.ts'

/** `remove JOB…`: the job, its tasks and its scratch go, and what it wrote into the home; artifacts elsewhere stay. */
export const addRemove: Verb = (program, context) =>
  addSteering(program, context, {
    verb: 'remove',
    description: 'forget jobs that are over, with their scratch and what they wrote into the home',
    done: 'is removed',
    starts: false,
    async ask({ client }, job) {
      const answer = await client.jobs.remove({ job })
      return answer.ok ? succeed(job) : answer
    },
  })
