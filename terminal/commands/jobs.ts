import type { Command } from 'commander'
import { Option } from 'commander'
import { jobStates, type JobState } from '../../contract/transitions.ts'
import { makeVerb, type Verb } from '../commandLine.ts'
import { jobsText } from '../documentText.ts'
import { Refusal } from '../exitCodes.ts'
import { ledgerFile } from '../homeFolder.ts'
import { readLedger } from '../ledger.ts'
import { parseCount } from '../size.ts'
import { count } from '../figures.ts'

interface Options {
  state?: JobState
  kind?: string
  search?: string
  limit: string
  json?: boolean
}

/** `jobs`: the newest jobs, narrowed by state, kind or words. */
export const addJobs: Verb = (program, context) => {
  makeVerb(program, 'jobs', 'jobs, newest first')
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(jobStates))
    .option('--kind <kind>', 'only jobs of this kind')
    .option('--search <text>', 'only jobs whose name, files, params, note or errors hold these words')
    .option('--limit <n>', 'at most so many', '50')
    .option('--json', 'print JSON')
    .action(async (options: Options, command: Command) => {
      const { limit: limitText, json = false, state, kind, search } = options
      const limit = parseCount(limitText, [1, 10_000])
      if (limit === undefined) throw new Refusal(`--limit takes 1 to 10,000, not '${limitText}'`)
      const filter = {
        limit,
        offset: 0,
        ...(state === undefined ? {} : { state }),
        ...(kind === undefined ? {} : { kind }),
        ...(search === undefined ? {} : { search }),
      }
      const none = { jobs: [], total: 0 }
      const found = await readLedger(ledgerFile(command, context), none, (reader) => reader.jobs(filter))
      const { terminal } = context
      const jobs = found.jobs.map(({ job }) => job)
      if (json) return terminal.printJson(jobs)
      if (jobs.length === 0) return terminal.note('no jobs')
      terminal.print(jobsText(jobs, terminal.style))
      if (found.total > jobs.length) terminal.note(`${count(jobs.length)} of ${count(found.total)} jobs; see --limit`)
    })
}
