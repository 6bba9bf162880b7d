import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jobDocumentSchema } from '../../contract/job.ts'
import { jsonOf, openGround, type Ground } from './gristmill.ts'
import { until } from './processes.ts'

/** Programs that workers start, and what becomes of them when who started them dies. */

const words = (command: readonly string[]) => ['-p', `command=${JSON.stringify(command)}`]

/** A program that has children, and would not end by itself; the second time that it meets an item it ends at once. */
function lingering(ground: Ground): { items: string; command: string[]; met: string } {
  const met = join(ground.folder, 'met')
  mkdirSync(met)
  const text = 'if mkdir "$0/$1" 2>/dev/null; then (sleep 1000 & sleep 1001); sleep 1002; fi; echo "did $1"'
  return { met, items: ground.file('items.txt', 'a\nb\n'), command: ['sh', '-c', text, met, '{}'] }
}

function sleepers(ground: Ground): number[] {
  return ground.processes().flatMap(({ pid, command }) => (/^sleep 100\d$/.test(command) ? [pid] : []))
}

const perLine = ['-p', 'per=line', '--workers', '2', '--json']

describe('programs', () => {
  it('die with a worker that is killed, with all that they started; where that was allowed, they are run again', async () => {
    const ground = openGround()
    const { items, command } = lingering(ground)
    const run = ground.start(['run', 'command', items, ...words(command), ...perLine, '-p', 'rerunUnknown=true'])
    await until('both programs and their children', () => sleepers(ground).length === 4)
    for (const pid of ground.workersOf(run.pid)) process.kill(pid, 'SIGKILL')
    await until('the programs to die', () => sleepers(ground).length === 0)
    const { result, artifacts } = jsonOf(jobDocumentSchema, await run.ended)
    expect(result).toMatchObject({ items: 2, done: 2, failed: 0 })
    expect(readFileSync(artifacts[0]?.path ?? '', 'utf8')).toBe('did a\ndid b\n')
    await ground.untilEmpty()
  })

  it('are not run again unasked when nobody saw how they ended', async () => {
    const ground = openGround()
    const { items, command, met } = lingering(ground)
    const run = ground.start(['run', 'command', items, ...words(command), ...perLine, '-p', 'atOnce=1'])
    await until('a program and its child', () => sleepers(ground).length === 2)
    for (const pid of ground.workersOf(run.pid)) process.kill(pid, 'SIGKILL')
    const ended = await run.ended
    expect(ended.code).toBe(1)
    expect(jsonOf(jobDocumentSchema, ended).error).toMatchObject({ code: 'outcome-unknown' })
    expect(readdirSync(met)).toEqual(['a'])
    await ground.untilEmpty()
  })

  it.each(['cpu', 'io'])('die with a host that is killed, whether their tasks compute or wait (%s)', async (use) => {
    const ground = openGround()
    const { items, command } = lingering(ground)
    const run = ground.start(['run', 'command', items, ...words(command), ...perLine, '-p', `use=${use}`])
    await until('both programs and their children', () => sleepers(ground).length === 4)
    run.kill('SIGKILL')
    await ground.untilEmpty()
  })

  it('are ended when their job is cancelled', async () => {
    const ground = openGround()
    const { items, command } = lingering(ground)
    const run = ground.start(['run', 'command', items, ...words(command), ...perLine])
    await until('both programs and their children', () => sleepers(ground).length === 4)
    expect((await ground.run(['cancel', 'last'])).code).toBe(0)
    expect((await run.ended).code).toBe(130)
    await ground.untilEmpty()
  })

  it('are ended when others have failed, where that was asked for', async () => {
    const ground = openGround()
    const { items, met } = lingering(ground)
    const text =
      'mkdir "$0/$1"; test $1 = a && { sleep 1000; sleep 1001; }; until test -e "$0/a"; do sleep 0.1; done; exit 3'
    const command = ['sh', '-c', text, met, '{}']
    const ended = await ground.run(['run', 'command', items, ...words(command), ...perLine, '-p', 'halt=now,fail=1'])
    expect(ended.code).toBe(3)
    const { result } = jsonOf(jobDocumentSchema, ended)
    expect(result).toMatchObject({ items: 2, done: 0, failed: 1, notRun: 1, halted: true })
    await ground.untilEmpty()
  })

  it('may change the inputs that they are given, and remove them', async () => {
    const ground = openGround()
    const paths = ['one', 'two'].map((name) => ground.file(`${name}.txt`, `${name}\n`))
    const { result } = await ground.runJob(['command', ...paths, ...words(['gzip', '{}'])])
    expect(result).toMatchObject({ done: 2 })
    expect(ground.filesIn(ground.cwd).filter((name) => name.startsWith('o') || name.startsWith('t'))).toEqual([
      'one.txt.gz',
      'two.txt.gz',
    ])
  })

  it('that failed are all that a rerun runs', async () => {
    const ground = openGround()
    const paths = ['one', 'two', 'three'].map((name) => ground.file(`${name}.txt`, `${name}\n`))
    const line = `echo x >> ${join(ground.folder, 'runs')}; test -e ${join(ground.folder, 'ready')} || grep -v two {} > {out}/{/}`
    const first = await ground.run(['run', 'command', ...paths, ...words([line]), '-p', 'shell=true', '--out', 'out'])
    expect(first.code).toBe(3)
    expect(ground.filesIn(join(ground.cwd, 'out', 'outputs'))).toEqual(['1/one.txt', '3/three.txt'])
    const log = readFileSync(join(ground.cwd, 'out', 'joblog.tsv'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(log.map((row) => row.split('\t')[6])).toEqual(['Exitval', '0', '1', '0'])
    writeFileSync(join(ground.folder, 'ready'), '')
    expect((await ground.run(['rerun', 'last', '--quiet'])).code).toBe(0)
    const again = await ground.show()
    expect(again.result).toMatchObject({ items: 3, done: 3, reused: 2, attempts: 1, shell: true })
    expect(readFileSync(join(ground.folder, 'runs'), 'utf8')).toBe('x\n'.repeat(4))
  })
})
