import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema } from '../../contract/job.ts'
import { manifestSchema, type Manifest } from '../../master/host/transfer/manifest.ts'
import { openGround, type Ground } from '../process/gristmill.ts'
import { canMount, openSmallDisk } from './smallDisk.ts'
import { injected } from '../harness/faults.ts'

/** A home as a folder: taken away in the middle of a job, and gone on with elsewhere. */

/** Numbers 1 to 40,000 on stdin, which are spooled into the home. */
const text = Array.from({ length: 40_000 }, (_, index) => `${index + 1}\n`).join('')
const args = ['run', 'numbers', '-', '-p', 'formula=x * 3', '--workers', '2', '--split', '64', '--quiet']

/** A home with a job under way whose host was killed. */
async function openCutOffHome(): Promise<Ground> {
  const ground = openGround()
  expect((await ground.run(['run', 'no-op', '-p', 'tasks=3', '--name', 'done before', '--quiet'])).code).toBe(0)
  await ground.run(['storage', '--keep-days', '90'])
  const env = { GRISTMILL_CRASH_AT: 'step-committed:5' }
  expect((await ground.run([...args, '--out', 'cut'], { stdin: text, env })).signal).toBe('SIGKILL')
  await ground.untilEmpty()
  return ground
}

const exported = (ground: Ground): string => join(ground.folder, 'exported')
const elsewhere = (ground: Ground): string => join(ground.folder, 'elsewhere')

async function exportHome(ground: Ground): Promise<Manifest> {
  const ended = await ground.run(['export', exported(ground)])
  expect(ended.code, ended.stderr).toBe(0)
  return readManifest(ground)
}

function readManifest(ground: Ground): Manifest {
  return manifestSchema.parse(JSON.parse(readFileSync(join(exported(ground), 'manifest.json'), 'utf8')))
}

function writeManifest(ground: Ground, manifest: Manifest): void {
  writeFileSync(join(exported(ground), 'manifest.json'), JSON.stringify(manifest))
}

async function expectRefused(ground: Ground, why: RegExp, home = elsewhere(ground)): Promise<void> {
  const refused = await ground.run(['import', exported(ground)], { home })
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(why)])
}

describe('an exported home', () => {
  it('goes on elsewhere with a job that was cut off, to the same answer, after the first home is gone', async () => {
    const ground = await openCutOffHome()
    const tasks = await ground.tasks()
    const kept = tasks.filter(({ state }) => state === 'succeeded').length
    expect(kept).toBeGreaterThan(0)
    expect(kept).toBeLessThan(tasks.length)
    const manifest = await exportHome(ground)
    expect(manifest.home).toBe(ground.home)
    const paths = manifest.files.map(({ path }) => path)
    expect(paths).toContain('gristmill.db')
    expect(paths).toContain('settings.json')
    for (const folder of ['scratch/', 'spool/']) expect(paths.some((path) => path.startsWith(folder))).toBe(true)
    rmSync(ground.home, { recursive: true })

    const home = elsewhere(ground)
    const imported = await ground.run(['import', exported(ground)], { home })
    expect(imported.code, imported.stderr).toBe(0)
    const waited = await ground.json(jobDocumentSchema, ['wait', 'last', '--quiet'], { home })
    expect(waited.job.state).toBe('succeeded')
    expect(waited.job.inputs[0]?.path.startsWith(home)).toBe(true)
    expect(waited.result).toMatchObject({ count: 40_000, min: 3, max: 120_000, sum: 3 * ((40_000 * 40_001) / 2) })
    const attempts = waited.job.attempts - waited.job.tasks.total
    expect(attempts).toBeLessThan(waited.job.tasks.total - kept)
    const { stdout } = await ground.run(['storage'], { home })
    expect(stdout).toContain('jobs are kept for 90 days')
    const { stdout: jobs } = await ground.run(['jobs'], { home })
    expect(jobs).toContain('done before')
  })

  it('is not made over something, not of nothing, and not while a host works on the home', async () => {
    const ground = openGround()
    const nothing = await ground.run(['export', exported(ground)])
    expect(nothing).toMatchObject({ code: 2, stdout: '' })
    const host = await ground.serve()
    const held = await ground.run(['export', exported(ground)])
    expect(held).toMatchObject({ code: 1, stdout: '' })
    expect(held.stderr).toContain(`while a host (process ${host.pid}) uses it`)
    host.kill('SIGTERM')
    await host.ended
    mkdirSync(exported(ground))
    expect(await ground.run(['export', exported(ground)])).toMatchObject({ code: 2, stdout: '' })
    expect(readdirSync(ground.folder).filter((name) => name.includes('.part'))).toEqual([])
  })

  it('leaves nothing in a home that has too little room for it, and what one that was killed has left goes with the next', async () => {
    const ground = openGround()
    await ground.run(['run', 'no-op', '-p', 'tasks=1', '--quiet'])
    const whole = await exportHome(ground)
    const large = Buffer.alloc(8 * 1024 ** 2, 'x')
    mkdirSync(join(exported(ground), 'out', 'job'), { recursive: true })
    writeFileSync(join(exported(ground), 'out', 'job', 'large.txt'), large)
    const sha256 = createHash('sha256').update(large).digest('hex')
    writeManifest(ground, {
      ...whole,
      files: [...whole.files, { path: 'out/job/large.txt', bytes: large.length, sha256 }],
    })
    if (canMount) {
      const { home } = openSmallDisk(4 * 1024 ** 2).ground
      await expectRefused(ground, /^gristmill: cannot import \S+ into \S+: ENOSPC/, home)
      expect(ground.filesIn(home).filter((name) => /^(out|spool|scratch)\/|importing/.test(name))).toEqual([])
    }
    const cutOff = elsewhere(ground)
    await ground.run(['run', 'no-op', '-p', 'tasks=1', '--quiet'], { home: cutOff })
    for (const name of readdirSync(cutOff)) if (name.startsWith('gristmill.db')) rmSync(join(cutOff, name))
    writeFileSync(join(cutOff, 'gristmill.db.importing'), 'half')
    writeFileSync(join(cutOff, 'out', 'half.txt'), 'half')
    injected('an import fails, or is cut off')
    expect(await ground.run(['import', exported(ground)], { home: cutOff })).toMatchObject({ code: 0 })
    expect(ground.filesIn(join(cutOff, 'out'))).toEqual(['job/large.txt'])
  })

  it('is refused by a home that has anything already', async () => {
    const ground = openGround()
    await ground.run(['run', 'no-op', '-p', 'tasks=1', '--quiet'])
    await exportHome(ground)
    await expectRefused(ground, /cannot import into \S+: it has a ledger/, ground.home)
    expect(await ground.jobs()).toHaveLength(1)
  })

  it('is refused when a byte of it changed, a file is missing or one would land outside, and the home stays empty', async () => {
    const ground = openGround()
    await ground.run(['run', 'no-op', '-p', 'tasks=1', '--quiet'])
    const whole = await exportHome(ground)
    const ledger = join(exported(ground), 'gristmill.db')
    const bytes = readFileSync(ledger)
    writeFileSync(ledger, Buffer.from(bytes).fill(1, 5000, 5001))
    injected('an exported home is damaged')
    await expectRefused(ground, /gristmill\.db is not as it was when it was exported/)
    rmSync(ledger)
    await expectRefused(ground, /gristmill\.db cannot be read \(ENOENT\)/)
    writeFileSync(ledger, bytes)
    const [file] = whole.files
    for (const path of ['../evil', '/tmp/evil', 'scratch/../../evil', 'scratch//evil', '']) {
      const files = [...whole.files, { ...file!, path }]
      writeFileSync(join(exported(ground), 'manifest.json'), JSON.stringify({ ...whole, files }))
      await expectRefused(ground, /it is no exported home/)
    }
    writeManifest(ground, { ...whole, files: [...whole.files, { ...file!, path: 'lock.db' }] })
    await expectRefused(ground, /lock\.db belongs in no home/)
    renameSync(join(exported(ground), 'manifest.json'), join(exported(ground), 'other.json'))
    await expectRefused(ground, /it is no exported home \(manifest\.json: ENOENT/)
    writeManifest(ground, whole)
    expect((await ground.run(['import', exported(ground)], { home: elsewhere(ground) })).code).toBe(0)
  })
})
