import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { z } from 'zod'
import { defineKind } from '../../contract/kind.ts'
import type { Json } from '../../contract/json.ts'
import { type RunContext, defineRun } from '../../contract/run.ts'
import { lineText, readLines } from '../../datasets/lines/read.ts'

/** A kind of every sort of stage, well and badly behaved, for tests of workers. */
const fixtureKind = defineKind({
  id: 'fixture',
  version: 1,
  title: 'Fixture',
  summary: 'Stages for tests.',
  params: z.strictObject({ scale: z.number().default(1) }),
  result: z.json(),
})

export const fixtureRun = defineRun(fixtureKind, {
  maps: {
    nothing: () => ({}),
    /** Floating sum of the lines: its last bits depend on how it is grouped. A line that is no number is set aside. */
    sumLines(split, context) {
      let sum = 0
      for (const piece of split.pieces)
        readLines(context, piece, (line) => {
          const text = lineText(line)
          const value = Number(text)
          if (text === '' || Number.isNaN(value))
            context.reject({
              input: piece.input,
              record: line.record,
              offset: line.offset,
              reason: 'no number',
              raw: text,
            })
          else sum += value * context.params.scale
        })
      return { value: sum }
    },
    /** Floating sum over item numbers. */
    sumItems(split, context) {
      let sum = 0
      for (let item = split.items.from; item < split.items.to; item += 1) sum += context.params.scale / (item + 1)
      return { value: sum }
    },
    /** As many as it covers of what each answer that it uses has as its value. */
    multiply: (split, _context, uses) => ({ value: uses.map(({ value }) => Number(value) * (split.to - split.from)) }),
    copyLines(split, context) {
      const writer = context.scratch('lines.txt')
      let rows = 0
      for (const piece of split.pieces) rows += readLines(context, piece, (line) => writer.write(`${lineText(line)}\n`))
      return { files: { lines: writer.finish(rows) } }
    },
  },
  merges: {
    add: (parts) => ({ value: parts.reduce((sum, part) => sum + (part.value as number), 0) }),
  },
  tasks: {
    echo: (args) => ({ value: args }),
    join: (_args, uses) => ({ value: uses.map((part) => part.value) }),
    large: (args) => ({ value: 'x'.repeat(args as number) }),
    /** Steps for ever, as a stage that reads does, until told to stop. */
    step: (_args, _uses, context) => stepForEver(context),
    /** Waits for others until the test makes the file. */
    async waitForFile(args, _uses, context) {
      while (!existsSync(args as string)) await setTimeout(10, undefined, { signal: context.signal })
      context.progress(0, 1)
      return { value: args }
    },
    /** Never looks at anything. */
    spin: () => {
      for (;;);
    },
    /** Busy until the test makes the file. */
    spinUntilFile(args) {
      while (!existsSync(args as string));
      return {}
    },
    spinMs(args) {
      for (const end = performance.now() + (args as number); performance.now() < end;);
      return {}
    },
    throwUp: () => {
      throw new Error('a mistake in a stage')
    },
    /** An error that no stage call encloses. */
    crash: () =>
      new Promise(() => {
        setImmediate(() => {
          throw new Error('thrown outside of any task')
        })
      }),
    exhaust: () => {
      const kept: Json[] = []
      for (;;) kept.push(Array.from({ length: 1000 }, (_, index) => `item ${index} of ${kept.length}`))
    },
    leave: () => process.exit(3),
  },
})

function stepForEver(context: RunContext): never {
  for (;;) context.progress(10, 1)
}
