import { resolve } from 'node:path'
import type { Inspection } from '../../contract/dataset.ts'
import { makeVerb, type Verb } from '../commandLine.ts'
import { Refusal } from '../exitCodes.ts'
import { inspectionText } from '../inspectionText.ts'

/** `inspect INPUT…`: what a dataset is, before any job. Needs no host. */
export const addInspect: Verb = (program, context) => {
  makeVerb(program, 'inspect', 'what a dataset is: format, encoding, dialect, columns, a preview')
    .argument('<inputs...>', 'files')
    .option('--json', 'print JSON')
    .action(async (inputs: string[], { json = false }: { json?: boolean }) => {
      const { inspect } = await import('../../datasets/inspect.ts')
      const inspections: Inspection[] = []
      for (const input of inputs) {
        const reply = await inspect(resolve(input))
        if (!reply.ok) throw new Refusal(reply.message)
        inspections.push(reply.inspection)
      }
      const { terminal } = context
      if (json) terminal.printJson(inspections)
      else terminal.print(inspections.map((one) => inspectionText(one, terminal)).join('\n\n'))
    })
}
