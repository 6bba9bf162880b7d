import { setTimeout } from 'node:timers/promises'
import type { ApiClient } from '../../master/host/host.ts'
import type { AnswerLine } from '../../contract/open.ts'
import { printable } from '../figures.ts'

/** Prints what came of each item of a job's open list, in order of arrival, as soon as it is known. */
export interface Teller {
  readonly client: { jobs: Pick<ApiClient['jobs'], 'answers'> }
  /** The host is gone; somebody else looks for the next one. */
  readonly lost: boolean
}

export interface AnswersPrint {
  job: string
  /** As JSON lines, or for a person: the item, a tab, what came of it. */
  json: boolean
  print: (line: string) => void
}

const retryMs = 100

/** Until all are told; `over` says that the job has ended, so that none is waited for any more. */
export async function printAnswers(teller: Teller, { job, json, print }: AnswersPrint, over: AbortSignal) {
  for (let from = 0; ;) {
    const told = await ask(teller, { job, from })
    if (told === null && over.aborted) return
    if (told === null) {
      await setTimeout(retryMs)
      continue
    }
    for (const line of told.answers) print(json ? JSON.stringify(line) : answerText(line))
    from = told.next
    if (told.over || (over.aborted && told.answers.length === 0)) return
  }
}

/** Null while there is no host. */
async function ask(teller: Teller, asked: { job: string; from: number }) {
  try {
    const answer = await teller.client.jobs.answers(asked)
    return answer.ok ? answer.value : null
  } catch (error) {
    if (!teller.lost) throw error
    return null
  }
}

function answerText(line: AnswerLine): string {
  if ('error' in line) return `${printable(line.text)}\terror: ${printable(line.error)}`
  const value = typeof line.value === 'string' ? line.value : JSON.stringify(line.value)
  return `${printable(line.text)}\t${printable(value)}`
}
