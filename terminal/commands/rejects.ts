import type { Command } from 'commander'
import type { Reject } from '../../contract/job.ts'
import { makeVerb, type Verb } from '../commandLine.ts'
import { ledgerFile } from '../homeFolder.ts'
import { readJob } from '../ledger.ts'
import { printPages } from '../pages.ts'

const mostRaw = 60

/** `rejects JOB`: the records that were set aside, and why. */
export const addRejects: Verb = (program, context) => {
  makeVerb(program, 'rejects', 'the records that a job set aside, and why')
    .argument('<job>', "id, start of an id, or 'last'")
    .option('--json', 'print JSON')
    .action(async (name: string, { json = false }: { json?: boolean }, command: Command) =>
      readJob(ledgerFile(command, context), name, (reader, { number }) =>
        printPages(context.terminal, {
          json,
          heads: ['source', 'row', 'offset', 'reason', 'record'],
          what: 'rejects',
          row: rejectRow,
          read: async (page) => (await reader.rejects(number, page)).rejects,
        }),
      ),
    )
}

function rejectRow({ source, row, offset, reason, raw }: Reject) {
  return [source, row, offset, reason, raw.length > mostRaw ? `${raw.slice(0, mostRaw)}…` : raw]
}
