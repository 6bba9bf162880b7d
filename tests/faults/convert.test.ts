import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JobDocument } from '../../contract/job.ts'
import { injected } from '../harness/faults.ts'
import { type Ground, openGround } from '../process/gristmill.ts'
import { expectKept, expectSoundLedger } from './ledger.ts'

/** Parquet files and folders of files, on real processes that are killed while these are given their names. */

const rows = Array.from({ length: 24_000 }, (_, n) => `${n},place ${(n * 7) % 40},${n / 8},"text ${n % 1000}"\n`)
const table = `id,place,eighth,name\n${rows.join('')}`

const shapes = [
  { title: 'a Parquet file', params: ['-p', 'to=parquet'] },
  { title: 'a folder of Parquet', params: ['-p', 'to=parquet', '-p', 'partitionBy=place'] },
]

interface Conversion {
  ground: Ground
  args: string[]
}

function open(params: readonly string[]): Conversion {
  const ground = openGround()
  const path = ground.file('table.csv', table)
  return { ground, args: ['convert', path, ...params, '--workers', '2', '--split', '64K'] }
}

/** Every file below the folder, and the hash of its bytes. */
function filesOf(ground: Ground, folder: string): Record<string, string> {
  const hash = (file: string) =>
    createHash('sha256')
      .update(readFileSync(join(ground.cwd, folder, file)))
      .digest('hex')
  return Object.fromEntries(ground.filesIn(join(ground.cwd, folder)).map((file) => [file, hash(file)]))
}

/** What was killed comes to the bytes of a run that nobody disturbed, and leaves nothing else. */
async function expectUndisturbed({ ground, args }: Conversion, { job, artifacts }: JobDocument): Promise<void> {
  expect(job.state).toBe('succeeded')
  const undisturbed = await ground.runJob([...args, '--out', 'undisturbed'])
  const files = filesOf(ground, 'out')
  expect(Object.keys(files).length).toBeGreaterThan(0)
  expect(files).toEqual(filesOf(ground, 'undisturbed'))
  expect(artifacts[0]!.sha256).toBe(undisturbed.artifacts[0]!.sha256)
  await expectSoundLedger(ground)
  await ground.untilEmpty()
}

describe.each(shapes)('$title', ({ params }) => {
  it.each(['artifact-copied', 'artifact-synced', 'artifact-named'])(
    'is whole though the host and its workers die at %s',
    async (point) => {
      const conversion = open(params)
      const { ground, args } = conversion
      await ground.run(['run', ...args, '--out', 'out', '--json'], { env: { GRISTMILL_CRASH_AT: point } })
      injected('a host is killed between doing and recording')
      await ground.untilEmpty()
      const before = await ground.tasks()
      expect(before.some(({ stage, state }) => stage === 'write' && state === 'running')).toBe(true)
      const ended = await ground.run(['wait', 'last'])
      expect(ended, ended.stderr).toMatchObject({ code: 0 })
      expectKept(before, await ground.tasks())
      await expectUndisturbed(conversion, await ground.show())
    },
  )
})
