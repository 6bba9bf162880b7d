import { succeed } from '../../contract/commandError.ts'
import type { Verb } from '../commandLine.ts'
import { addSteering } from '../steering.ts'

/** `rerun JOB…`: the same request once more, as a job of its own. */
export const addRerun: Verb = (program, context) =>
  addSteering(program, context, {
    verb: 'rerun',
    description: 'run jobs again from the start, each as a new job',
    done: 'is the new job',
    starts: true,
    async ask(client, job) {
      const answer = await client.jobs.rerun({ job })
      return answer.ok ? succeed(answer.value.job.job.id) : answer
    },
  })
