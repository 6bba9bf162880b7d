import { succeed } from '../../contract/commandError.ts'
import type { MendedReject } from '../../contract/mended.ts'
import { changedRecords } from '../changedRecords.ts'
import type { Verb } from '../commandLine.ts'
import { Refusal } from '../exitCodes.ts'
import { readJob } from '../ledger.ts'
import { addSteering } from '../steering.ts'

/** `rerun JOB… [--rejects [FILE]]`: the same request once more, as a job of its own. */
export const addRerun: Verb = (program, context) => {
  const command = addSteering(program, context, {
    verb: 'rerun',
    description: 'run jobs again from the start, each as a new job',
    done: 'is the new job',
    starts: true,
    async ask({ client, ledger }, job, { rejects }: { rejects?: string | true }) {
      const mended = rejects === undefined ? {} : { mended: await mendedOf(ledger, job, rejects) }
      const answer = await client.jobs.rerun({ job, ...mended })
      return answer.ok ? succeed(answer.value.job.job.id) : answer
    },
  })
  command.option('--rejects [file]', "with the records of a corrected rejects.csv (default: the job's own)")
}

async function mendedOf(ledger: string, id: string, named: string | true): Promise<MendedReject[]> {
  return await readJob(ledger, id, async (read, { number, job }) => {
    const file = named === true ? ownFile(await read.artifacts(number), job.name) : named
    return await changedRecords({ read, job: number }, file)
  })
}

function ownFile(artifacts: readonly { name: string; path: string }[], job: string): string {
  const file = artifacts.find(({ name }) => name === 'rejects.csv')
  if (file === undefined) throw new Refusal(`cannot mend records of ${job}: it has set none aside`)
  return file.path
}
