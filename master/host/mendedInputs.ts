import { readFile } from 'node:fs/promises'
import { type CommandResult, refuse, succeed } from '../../contract/commandError.ts'
import type { Input } from '../../contract/dataset.ts'
import type { Job } from '../../contract/job.ts'
import type { TableFormat } from '../../contract/table.ts'
import { mendedFileSchema, type MendedRecord, type MendedReject } from '../../contract/mended.ts'
import type { Reader } from '../store/store.ts'

/**
 * A job that is run again with records put right: its inputs as they are, each with a file of the records that take the place of what
 * was set aside. What an earlier job had mended stays so.
 */
export interface MendingParts {
  read: Pick<Reader, 'rejectedAt'>
  /** Keeps a text in the spool and gives its path. */
  keepText(text: string): Promise<string>
}

interface MendedJob {
  number: number
  job: Pick<Job, 'name' | 'inputs'>
}

/** `inputs` are the job's as they were found now, in its order. */
export async function mendInputs(
  parts: MendingParts,
  { number, job }: MendedJob,
  again: { inputs: readonly Input[]; mended: readonly MendedReject[] },
): Promise<CommandResult<Input[]>> {
  const changed = again.inputs.find((input, index) => !isSame(input, job.inputs[index]))
  if (changed !== undefined)
    return refuse(
      'invalid-input',
      `cannot mend records of ${changed.path}: it has changed since`,
      'run a new job on it',
    )
  const checked = await checkRecords(parts, { number, job }, again.mended)
  if (!checked.ok) return checked
  const news = Map.groupBy(checked.value, ({ source }) => source)
  if (news.size === 0)
    return refuse(
      'invalid-input',
      `cannot mend ${job.name}: no record differs from what was set aside`,
      'change their raw text',
    )
  return succeed(
    await Promise.all(again.inputs.map((input, index) => mend(parts, input, { earlier: job.inputs[index], news }))),
  )
}

/** What an earlier job had mended of its inputs, for one that is run again as it was. */
export async function mendedAsBefore(
  parts: Pick<MendingParts, 'keepText'>,
  job: Job,
  inputs: readonly Input[],
): Promise<Input[]> {
  return await Promise.all(
    inputs.map((input, index) => mend(parts, input, { earlier: job.inputs[index], news: new Map() })),
  )
}

/** The records that differ from what was set aside, in the order given, unless one of them cannot take its place. */
async function checkRecords(
  { read }: MendingParts,
  { number, job }: MendedJob,
  mended: readonly MendedReject[],
): Promise<CommandResult<MendedReject[]>> {
  const inputs = Map.groupBy(job.inputs, sourceOf)
  const known = await read.rejectedAt(
    number,
    mended.map(({ source, offset }) => ({ source, offset })),
  )
  const news: MendedReject[] = []
  for (const [index, record] of mended.entries()) {
    const raw = known[index] ?? null
    const complaint = complaintAbout(record, raw, inputs.get(record.source) ?? [])
    if (complaint !== null)
      return refuse('invalid-input', `cannot mend the record at ${record.offset} of ${record.source}: ${complaint}`)
    if (raw !== record.raw) news.push(record)
  }
  return succeed(news)
}

/** What a person may read of their records is made up. */
const withoutTexts: Partial<Record<TableFormat, string>> = {
  parquet: 'a Parquet file',
  sqlite: 'a SQLite database',
  xlsx: 'a workbook',
}

/** Its elements may stand on several lines. */
function isJsonArray({ table }: Input): boolean {
  return table?.format === 'json'
}

/** `inputs` are those of its name. */
function complaintAbout({ raw }: MendedReject, known: string | null, inputs: readonly Input[]): string | null {
  if (known === null) return 'the job has set aside no such record'
  const [withoutText] = inputs.flatMap(({ table }) => (table === undefined ? [] : (withoutTexts[table.format] ?? [])))
  if (withoutText !== undefined)
    return `${withoutText} keeps values and no text that another could take the place of; change the file itself and run a new job on it`
  if (/[\r\n]/.test(raw) && !inputs.every(isJsonArray)) return 'a record is one line'
  if (inputs.length === 0) return 'it stands in no file; give other params'
  return inputs.every((input) => isSame(input, inputs[0])) ? null : 'several inputs have that name'
}

async function mend(
  parts: Pick<MendingParts, 'keepText'>,
  input: Input,
  { earlier, news }: { earlier: Input | undefined; news: ReadonlyMap<string, readonly MendedReject[]> },
): Promise<Input> {
  const mine = news.get(sourceOf(input)) ?? []
  const records = new Map<number, MendedRecord>()
  // Places in another version of the input mean nothing.
  if (isSame(input, earlier)) for (const record of await mendedBefore(earlier)) records.set(record.offset, record)
  for (const { offset, raw } of mine) records.set(offset, { offset, raw })
  return records.size === 0 ? input : { ...input, mended: await parts.keepText(JSON.stringify([...records.values()])) }
}

async function mendedBefore(input: Input | undefined): Promise<MendedRecord[]> {
  if (input?.mended === undefined) return []
  return mendedFileSchema.parse(JSON.parse(await readFile(input.mended, 'utf8')))
}

/** As rejects name an input. */
export function sourceOf(input: Pick<Input, 'path' | 'name' | 'spooled'>): string {
  return input.spooled ? input.name : input.path
}

function isSame(one: Input, other: Input | undefined): boolean {
  const mine = one.fingerprint
  const its = other?.fingerprint
  return (
    mine.bytes === its?.bytes &&
    mine.headTail === its.headTail &&
    mine.modifiedAt === its.modifiedAt &&
    mine.inode === its.inode &&
    mine.log === its.log
  )
}
