import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { storageSchema, type Storage } from '../../contract/storage.ts'
import { openGround, type Ground } from './gristmill.ts'
import { until } from './processes.ts'

/** What takes the disk in a home, and letting go of it. */

const dayMs = 86_400_000

async function runNoOp(ground: Ground, name: string): Promise<void> {
  expect((await ground.run(['run', 'no-op', '-p', 'tasks=3', '--name', name, '--quiet'])).code).toBe(0)
}

/** As if the job had ended so many days ago, with a file of its own in the home. */
function age(ground: Ground, name: string, days: number): string {
  const db = new Database(join(ground.home, 'gristmill.db'))
  const id = db
    .prepare('UPDATE jobs SET finished_at = ? WHERE name = ? RETURNING id')
    .pluck()
    .get(Date.now() - days * dayMs, name) as string
  db.close()
  const folder = join(ground.home, 'out', id)
  mkdirSync(folder)
  writeFileSync(join(folder, 'result.txt'), Buffer.alloc(100_000))
  return folder
}

async function names(ground: Ground): Promise<string[]> {
  return (await ground.jobs()).map(({ name }) => name)
}

async function storage(ground: Ground): Promise<Storage> {
  return await ground.json(storageSchema, ['storage'])
}

describe('storage', () => {
  it('measures the home with and without a host, and says what removing frees', async () => {
    const ground = openGround()
    const unmade = await ground.run(['storage'])
    expect(unmade).toMatchObject({ code: 0, stdout: '' })
    await runNoOp(ground, 'one')
    age(ground, 'one', 0)
    const alone = await storage(ground)
    expect(alone.bytes.out).toBe(100_000)
    expect(alone.largest).toMatchObject([{ name: 'one', bytes: { out: 100_000 } }])
    expect(alone.freeable).toMatchObject({ jobs: 1, bytes: alone.largest[0]?.total })
    await ground.serve()
    expect((await storage(ground)).bytes.out).toBe(100_000)
  })

  it('names each job before it prunes those that ended long enough ago, and leaves the others', async () => {
    const ground = openGround()
    for (const name of ['old', 'older', 'new']) await runNoOp(ground, name)
    const folders = [age(ground, 'old', 31), age(ground, 'older', 300), age(ground, 'new', 29)]
    const pruned = await ground.run(['storage', '--prune', '--older-than', '30d'])
    expect(pruned).toMatchObject({ code: 0, stdout: '2 jobs removed\n' })
    expect(pruned.stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^removing \w+ {2}succeeded .+ {2}older$/),
      expect.stringMatching(/^removing \w+ {2}succeeded .+ {2}old$/),
    ])
    expect(await names(ground)).toEqual(['new'])
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, false, true])
    expect((await ground.run(['storage', '--prune', '--older-than', '30d'])).stderr).toContain('no job to remove')
    for (const wrong of [
      ['--prune', '--older-than', '30'],
      ['--older-than', '30d'],
      ['--keep-days', '0'],
      ['--keep-bytes', 'much'],
    ])
      expect(await ground.run(['storage', ...wrong])).toMatchObject({ code: 2, stdout: '' })
  })

  it('keeps jobs as long as the person said, from the next host on, and tells each one in the log', async () => {
    const ground = openGround()
    await runNoOp(ground, 'old')
    await runNoOp(ground, 'new')
    const folder = age(ground, 'old', 31)
    const told = await ground.run(['storage', '--keep-days', '30'])
    expect(told.stdout).toContain('jobs are kept for 30 days after they ended')
    expect(await names(ground)).toEqual(['new', 'old'])
    await ground.serve()
    await until('the old job to be gone', async () => (await names(ground)).length === 1)
    expect(await names(ground)).toEqual(['new'])
    await until('its folder to be gone', () => !existsSync(folder))
    expect(readFileSync(join(ground.home, 'logs/host.log'), 'utf8')).toMatch(
      /removed job \w+ \(old\) by the policy of this home/,
    )
  })
})
