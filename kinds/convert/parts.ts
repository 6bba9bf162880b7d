import { z } from 'zod'
import { invariant } from '../../contract/invariant.ts'
import { jsonSchema } from '../../contract/json.ts'
import { type FileRef, fileRefSchema } from '../../contract/outcome.ts'
import type { Part, StageAnswer } from '../../contract/run.ts'

/** What encoding tasks leave, in input order: rows, and the scratch files of each task by name. */
const gatheredSchema = z.strictObject({
  rows: z.int().min(0),
  parts: z.array(z.record(z.string(), fileRefSchema)),
})
export type Gathered = z.output<typeof gatheredSchema>

export function encodedAnswer(rows: number, files: Record<string, FileRef>): StageAnswer {
  return { value: { rows, parts: jsonSchema.parse(rows === 0 ? [] : [files]) }, files }
}

export function gatherParts(parts: readonly Part[]): StageAnswer {
  const all = parts.map(gatheredIn)
  const rows = all.reduce((sum, each) => sum + each.rows, 0)
  return { value: { rows, parts: jsonSchema.parse(all.flatMap(({ parts: some }) => some)) } }
}

export function gatheredIn(part: Part | undefined): Gathered {
  return gatheredSchema.parse(part?.value)
}

export function fileOf(part: Record<string, FileRef>, name: string): FileRef {
  const file = part[name]
  invariant(file !== undefined, `convert: a part has a file ${name}`)
  return file
}
