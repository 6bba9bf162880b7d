import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openGround } from '../process/gristmill.ts'
import { injected } from '../harness/faults.ts'

/** Jobs that go on, or are run again, after something of theirs has gone. */

describe('a job whose artifact could not get its name', () => {
  it('writes it anew when it is retried: nothing that was copied into the removed temporary file is taken for there', async () => {
    const ground = openGround()
    const out = join(ground.cwd, 'out')
    const request = ['numbers', '-p', 'from=1', '-p', 'to=400', '--split', '1', '--workers', '2']
    const sound = await ground.runJob([...request, '--out', join(ground.cwd, 'sound')])
    const killed = await ground.run(['run', ...request, '--out', out, '--quiet'], {
      env: { GRISTMILL_CRASH_AT: 'artifact-synced' },
    })
    expect(killed.signal).toBe('SIGKILL')
    await ground.untilEmpty()
    const foreign = join(out, 'numbers.txt')
    const bytes = readFileSync(sound.artifacts[0]?.path ?? '').length
    // As long as the artifact will be, so that only its content could tell it from ours.
    writeFileSync(foreign, 'x'.repeat(bytes))
    injected('another file has the name of an artifact')
    expect((await ground.run(['wait', 'last'])).code).toBe(1)
    expect((await ground.show()).error).toMatchObject({ code: 'output-exists' })
    expect(readFileSync(foreign, 'utf8')).toBe('x'.repeat(bytes))
    rmSync(foreign)
    expect((await ground.run(['retry', 'last'])).code).toBe(0)
    expect((await ground.run(['wait', 'last'])).code).toBe(0)
    expect((await ground.show()).artifacts[0]?.sha256).toBe(sound.artifacts[0]?.sha256)
    expect(ground.filesIn(out)).toEqual(['numbers.txt'])
  })
})

describe('a half-written artifact of a job that is over', () => {
  it('goes with the next host, when the one before was killed as soon as the end of the job was on record', async () => {
    const ground = openGround()
    const out = join(ground.cwd, 'out')
    const request = ['run', 'numbers', '-p', 'from=1', '-p', 'to=3000', '--split', '100', '--out', out, '--quiet']
    const cut = await ground.run(request, { env: { GRISTMILL_CRASH_AT: 'artifact-synced' } })
    expect(cut.signal).toBe('SIGKILL')
    await ground.untilEmpty()
    const foreign = join(out, 'numbers.txt')
    writeFileSync(foreign, 'somebody else')
    const killed = await ground.run(['wait', 'last'], { env: { GRISTMILL_CRASH_AT: 'job-ended' } })
    expect(killed.signal).toBe('SIGKILL')
    injected('a host is killed between the end of a job and clearing up after it')
    await ground.untilEmpty()
    expect((await ground.show()).job.state).toBe('failed')
    expect(ground.filesIn(out)).toEqual([expect.stringMatching(/^\.numbers\.txt\..*\.part$/), 'numbers.txt'])
    await ground.runJob(['no-op', '-p', 'tasks=1'])
    expect(ground.filesIn(out)).toEqual(['numbers.txt'])
    expect(readFileSync(foreign, 'utf8')).toBe('somebody else')
  })

  it('goes with the next host, and that of no other job', async () => {
    const ground = openGround()
    const out = join(ground.cwd, 'out')
    const run = ground.start(['run', 'numbers', '-p', 'from=1', '-p', 'to=4000000', '--workers', '2', '--out', out])
    await ground.tasksWhen('a task that is done', (tasks) => tasks.some(({ state }) => state === 'succeeded'))
    run.kill('SIGINT')
    expect((await run.ended).code).toBe(130)
    const { id } = (await ground.show()).job
    mkdirSync(out, { recursive: true })
    writeFileSync(join(out, `.numbers.txt.${id}.part`), '1\n')
    writeFileSync(join(out, '.numbers.txt.another.part'), '1\n')
    await ground.runJob(['no-op', '-p', 'tasks=1'])
    expect(ground.filesIn(out)).toEqual(['.numbers.txt.another.part'])
  })
})

describe('an artifact whose copied parts a loss of power has taken', () => {
  it('is copied again: its size is not taken for its content', async () => {
    const ground = openGround()
    const out = join(ground.cwd, 'out')
    const request = ['numbers', '-p', 'from=1', '-p', 'to=3000', '--split', '100', '--workers', '2']
    const sound = await ground.runJob([...request, '--out', join(ground.cwd, 'sound')])
    const killed = await ground.run(['run', ...request, '--out', out, '--quiet'], {
      env: { GRISTMILL_CRASH_AT: 'artifact-synced' },
    })
    expect(killed.signal).toBe('SIGKILL')
    await ground.untilEmpty()
    const [temporary = ''] = ground.filesIn(out)
    expect(temporary).toMatch(/^\.numbers\.txt\..*\.part$/)
    writeFileSync(join(out, temporary), Buffer.alloc(readFileSync(join(out, temporary)).length))
    injected('a loss of power empties an artifact that was being copied')
    expect((await ground.run(['wait', 'last'])).code).toBe(0)
    expect((await ground.show()).artifacts[0]?.sha256).toBe(sound.artifacts[0]?.sha256)
    expect((await ground.run(['log', 'last'])).stdout).toContain('was damaged: it is copied again')
    expect(ground.filesIn(out)).toEqual(['numbers.txt'])
  })
})

describe('what was spooled for a job', () => {
  it('stays as long as a job that was run again from it is on record', async () => {
    const ground = openGround()
    expect((await ground.run(['run', 'numbers', '-', '--quiet'], { stdin: '1\n2\n' })).code).toBe(0)
    const first = (await ground.show()).job.id
    expect((await ground.run(['rerun', first])).code).toBe(0)
    const second = (await ground.jobs()).find(({ id }) => id !== first)?.id ?? 'none'
    expect((await ground.run(['remove', first])).code).toBe(0)
    expect((await ground.run(['rerun', second])).code).toBe(0)
    expect((await ground.show()).result).toMatchObject({ count: 2, sum: 3 })
    for (const { id } of await ground.jobs()) expect((await ground.run(['remove', id])).code).toBe(0)
    expect(ground.filesIn(ground.home).filter((file) => file.startsWith('spool'))).toEqual([])
  })
})

describe('two wishes at once', () => {
  it('one retry is taken, the other refused, and the host goes on', async () => {
    const ground = openGround()
    await ground.serve()
    expect((await ground.run(['run', 'no-op', '-p', 'tasks=40', '-p', 'ms=200', '--detach'])).code).toBe(0)
    expect((await ground.run(['cancel', 'last'])).code).toBe(0)
    expect((await ground.run(['wait', 'last'])).code).toBe(130)
    const both = await Promise.all([ground.run(['retry', 'last']), ground.run(['retry', 'last'])])
    injected('a job is asked for two things at once')
    expect(both.map(({ code }) => code).toSorted((one, other) => Number(one) - Number(other))).toEqual([0, 2])
    expect((await ground.run(['wait', 'last'])).code).toBe(0)
  })
})
