import type { Json } from '../contract/json.ts'
import { isNestedDeeper } from '../contract/parseMessage.ts'
import type { Answer } from '../contract/outcome.ts'
import type { Part, StageAnswer } from '../contract/run.ts'
import type { TaskContext } from './context.ts'
import { readValue } from './scratch.ts'

/** Between what stages return and receive, and what travels: large values go through scratch files. */

/** Of a value's JSON in UTF-8: more than this stands in a file. */
const mostInlineBytes = 4096
/** Well below what a message may have. */
const mostInlineNesting = 100

export function answerOf(stage: StageAnswer, context: TaskContext): Answer {
  const answer: Answer = stage.files === undefined ? {} : { files: stage.files }
  if (stage.value === undefined) return answer
  const json = JSON.stringify(stage.value)
  if (Buffer.byteLength(json) <= mostInlineBytes && !isNestedDeeper(stage.value, mostInlineNesting))
    return { ...answer, value: stage.value }
  const writer = context.scratch('value.json')
  writer.write(json)
  return { ...answer, ref: writer.finish() }
}

/** What an earlier task answered, its value read back when it stands in a file; null when it had none. */
export function partOf(answer: Answer, scratch: string): Part {
  return { value: valueOf(answer, scratch), files: answer.files ?? {} }
}

function valueOf(answer: Answer, scratch: string): Json {
  return answer.ref === undefined ? (answer.value ?? null) : readValue(scratch, answer.ref)
}
