import { readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { injected } from '../harness/faults.ts'
import { type Ground, openGround } from '../process/gristmill.ts'
import { expectSameBytes } from '../process/layouts.ts'
import { canMount, TinyDisk } from './smallDisk.ts'

/** What a job found out about a file is kept for the next one: whole or not at all, whoever dies while it is written. */

const rows = 60_000
const text = 'x'.repeat(60)
const csv = `id,text\n${Array.from({ length: rows }, (_, row) => `${row},"${text}\n${row % 7}"\n`).join('')}`
const how = '-p mode=table -p by=id:numeric:desc --workers 2 --split 512K'.split(' ')
const args = ['sort', 'input.csv', ...how]

interface Sorted {
  stages: Set<string>
  bytes: Buffer
}

async function sort(ground: Ground, out: string): Promise<Sorted> {
  await ground.runJob([...args, '--out', out])
  return await sorted(ground)
}

/** What the last job did and wrote. */
async function sorted(ground: Ground): Promise<Sorted> {
  const { job, artifacts } = await ground.show()
  expect(job.state).toBe('succeeded')
  return { stages: new Set((await ground.tasks()).map(({ stage }) => stage)), bytes: readFileSync(artifacts[0]!.path) }
}

describe('the index of a table', () => {
  it('is left out by the next job, also after a kill while it was kept', async () => {
    const ground = openGround()
    ground.file('input.csv', csv)
    const indexes = join(ground.home, 'indexes')
    // A worker that gets so far dies, and its host with it: what was half written is no index.
    const killed = await ground.run(['run', ...args, '--out', 'killed', '--json'], {
      env: { GRISTMILL_CRASH_AT: 'kept-written' },
    })
    injected('a host is killed between doing and recording')
    expect(killed.signal).toBe('SIGKILL')
    await ground.untilEmpty()
    const left = readdirSync(indexes)
    expect(left.length).toBeGreaterThan(0)
    expect(left.filter((name) => !name.endsWith('.part'))).toEqual([])
    expect((await ground.run(['wait', 'last'])).code).toBe(0)
    const first = await sorted(ground)
    expect(first.stages).toContain('index')
    const next = await sort(ground, 'next')
    expect(next.stages).not.toContain('index')
    expectSameBytes(next.bytes, first.bytes, 'the index that was kept')
    const told = await ground.run(['log', 'last'])
    expect(told.stdout).toContain('the index that it left is used, and the index stage left out.')
    const pruned = await ground.run(['storage', '--prune'])
    expect(pruned.stderr).toMatch(/^removed kept indexes, /m)
    expect(readdirSync(indexes)).toEqual([])
  })

  it.skipIf(!canMount)('is not kept on a full disk, and nothing else comes of that', async () => {
    const disk = new TinyDisk(64 * 1024)
    onTestFinished(() => disk.remove())
    const ground = openGround()
    ground.file('input.csv', csv)
    const first = await sort(ground, 'first')
    rmSync(join(ground.home, 'indexes'), { recursive: true })
    symlinkSync(disk.folder, join(ground.home, 'indexes'))
    disk.fill()
    for (const out of ['second', 'third']) {
      const next = await sort(ground, out)
      expect(next.stages).toContain('index')
      expectSameBytes(next.bytes, first.bytes, out)
    }
    expect(readdirSync(disk.folder)).toEqual(['filler', 'home'])
  })
})
