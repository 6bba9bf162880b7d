import { stat } from 'node:fs/promises'
import { type CommandResult, refuse, succeed } from '../../../contract/commandError.ts'
import { answersFileOf, type Input } from '../../../contract/dataset.ts'
import { type AnswerLine, answerLineSchema } from '../../../contract/open.ts'
import { readLinesFrom } from '../open/lineFile.ts'
import { os, refusedForNow, type Room } from '../room.ts'

/** So much of the answers goes into one message. */
const mostBytes = 256 * 1024
const patienceMs = 1000

/** Items for jobs that run, and what came of them. */
export function open(room: Room) {
  const { openLists } = room.mill
  return {
    give: os.jobs.give.handler(async ({ input: { job, ...given } }) => {
      const refused = refusedForNow(room)
      if (refused !== null) return refused
      const found = await room.store.read.find(job)
      return found.ok ? await openLists.give(found.value.number, given) : found
    }),
    answers: os.jobs.answers.handler(async ({ input: { job, from } }) => {
      const found = await room.store.read.find(job)
      if (!found.ok) return found
      const { number, job: stored } = found.value
      const [input] = stored.inputs
      if (input?.open === undefined)
        return refuse('wrong-state', `cannot read answers of job ${stored.id}: its items were not given one by one`)
      const channel = openLists.channel(number)
      if (channel === undefined) return await pastAnswers(input, from)
      const { lines, end } = await channel.read(from, { mostBytes, patienceMs })
      const counts = { items: channel.count, answered: channel.answered }
      return succeed({ answers: lines.map(parse), next: end, counts, open: openLists.isOpen(number), over: false })
    }),
  }
}

interface PastAnswers {
  answers: AnswerLine[]
  next: number
  counts: null
  open: false
  over: boolean
}

/** Of a job that has ended. */
async function pastAnswers(input: Input, from: number): Promise<CommandResult<PastAnswers>> {
  const path = answersFileOf(input)
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => error)
  if (there instanceof Error) return refuse('unavailable', `cannot read the answers: ${there.message}`)
  const { lines, end } = await readLinesFrom(path, Math.min(from, there.size), mostBytes)
  return succeed({ answers: lines.map(parse), next: end, counts: null, open: false, over: lines.length === 0 })
}

function parse(line: string): AnswerLine {
  return answerLineSchema.parse(JSON.parse(line))
}
