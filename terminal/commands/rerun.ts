import { readFile } from 'node:fs/promises'
import { succeed } from '../../contract/commandError.ts'
import type { MendedReject } from '../../contract/mended.ts'
import type { ApiClient } from '../../master/host/host.ts'
import type { Verb } from '../commandLine.ts'
import { Refusal, valueOf } from '../exitCodes.ts'
import { readRejectsCsv } from '../rejectsCsv.ts'
import { addSteering } from '../steering.ts'

/** `rerun JOB… [--rejects [FILE]]`: the same request once more, as a job of its own. */
export const addRerun: Verb = (program, context) => {
  const command = addSteering(program, context, {
    verb: 'rerun',
    description: 'run jobs again from the start, each as a new job',
    done: 'is the new job',
    starts: true,
    async ask({ client }, job, { rejects }: { rejects?: string | true }) {
      const mended = rejects === undefined ? {} : { mended: await mendedOf(client, job, rejects) }
      const answer = await client.jobs.rerun({ job, ...mended })
      return answer.ok ? succeed(answer.value.job.job.id) : answer
    },
  })
  command.option('--rejects [file]', "with the records of a corrected rejects.csv (default: the job's own)")
}

async function mendedOf(client: ApiClient, job: string, named: string | true): Promise<MendedReject[]> {
  const file = named === true ? await ownFile(client, job) : named
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Refusal(`cannot read ${file}: ${error.message}`)
  })
  return readRejectsCsv(text, file)
}

async function ownFile(client: ApiClient, job: string): Promise<string> {
  const { document } = valueOf(await client.jobs.get({ job }))
  const file = document.artifacts.find(({ name }) => name === 'rejects.csv')
  if (file === undefined) throw new Refusal(`cannot mend records of ${document.job.name}: it has set none aside`)
  return file.path
}
