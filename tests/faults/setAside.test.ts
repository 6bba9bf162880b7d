import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KindsBuild, type Ran } from './kindsBuild.ts'
import { injected } from '../harness/faults.ts'

/** Records that no worker survives, in real files read by real workers: what it costs to find them, and where they go. */

let build: KindsBuild
beforeAll(() => {
  build = new KindsBuild(['poison'])
})
afterAll(() => build.remove())

/** A file of the numbers from 0 on, one to a line, with other lines in the place of some. */
function numbersFile(name: string, count: number, others: Record<number, string>): string {
  const lines = Array.from({ length: count }, (_, number) => others[number] ?? String(number))
  writeFileSync(build.at(name), `${lines.join('\n')}\n`)
  return build.at(name)
}

function sumWithout(count: number, without: readonly number[]): number {
  return (count * (count - 1)) / 2 - without.reduce((sum, number) => sum + number, 0)
}

describe('a record that kills every worker that handles it', () => {
  it('costs three attempts of its task, none of the others, and is told with its row, place and text', async () => {
    const file = numbersFile('one.txt', 60_000, { 31_234: 'bad kill' })
    const ran = await build.run('poison', file, '--split', '64K', '--workers', '2')
    expect(ran).toMatchObject({
      exitCode: 3,
      result: { sum: sumWithout(60_000, [31_234]), handled: 59_999 },
      job: { state: 'succeeded', rejects: 1, tasks: { failed: 0, replaced: 0 } },
    })
    injected('a record kills every worker')
    const offset = readFileSync(file, 'utf8').indexOf('bad')
    expect(await build.rejects(ran.job)).toEqual([
      { source: file, row: 31_235, offset, reason: 'the worker died (SIGKILL)', raw: 'bad kill' },
    ])
    const bad = build.attempts(ran.job).filter(({ outcome }) => outcome === 'crashed')
    expect(bad).toMatchObject([
      { attempt: 1, place: null },
      { attempt: 2, seq: bad[0]?.seq },
    ])
    expect(JSON.parse(bad[1]?.place ?? '')).toMatchObject({ input: 0, offset })
  })

  it.each([1, 2, 7, 64, 200])('without a breadcrumb one of %i costs at most 2⌈log2 n⌉ + 4 attempts', async (count) => {
    const at = Math.floor(count / 3)
    const ran = await build.run('poison', '-p', 'way=plain', '-p', `count=${count}`, '-p', `at=[${at}]`)
    expect(ran).toMatchObject({ exitCode: 3, result: { sum: sumWithout(count, [at]), handled: count - 1 } })
    expect(await build.rejects(ran.job)).toMatchObject([{ offset: at, reason: 'the worker died (SIGKILL)' }])
    expect(build.attemptsOfStage(ran.job, 'add')).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(count)) + 4)
  })

  it('with a breadcrumb one of 4,000 costs at most 4', async () => {
    const ran = await build.run(
      'poison',
      '-p',
      'way=noted',
      '-p',
      'count=4000',
      '-p',
      'at=[2999]',
      '-p',
      'perTask=4000',
    )
    expect(ran).toMatchObject({ exitCode: 3, result: { sum: sumWithout(4000, [2999]) } })
    expect(build.attemptsOfStage(ran.job, 'add')).toBeLessThanOrEqual(4)
  })

  it('is one of several kinds in several tasks: each goes with its own reason', async () => {
    const others = { 100: 'bad exit', 150: 'bad throw', 20_000: 'bad kill', 20_001: 'bad kill', 45_000: 'bad loop' }
    const file = numbersFile('several.txt', 60_000, others)
    const ran = await build.run('poison', file, '--split', '64K', '--workers', '2')
    const without = Object.keys(others).map(Number)
    expect(ran).toMatchObject({ exitCode: 3, result: { sum: sumWithout(60_000, without), handled: 59_995 } })
    expect((await build.rejects(ran.job)).map(({ row, reason }) => [row, reason])).toEqual([
      [101, 'the worker died (exit code 70)'],
      [151, 'a mistake of the kind'],
      [20_001, 'the worker died (SIGKILL)'],
      [20_002, 'the worker died (SIGKILL)'],
      [45_001, expect.stringMatching(/^the task made no progress for \d+ s and was ended$/) as string],
    ])
  })
})

describe('rejects.csv', () => {
  it('stands with the artifacts, row for row what was set aside, and nothing of it is a formula', async () => {
    const lines = ['1', '=1+1', '+x', '-', '@a', 'plain, "quoted"', '2']
    writeFileSync(build.at('formulas.txt'), `${lines.join('\n')}\n`)
    const out = build.at('out')
    const ran = await build.run('numbers', build.at('formulas.txt'), '-p', 'formula=x', '--out', out)
    expect(ran).toMatchObject({ exitCode: 3, job: { rejects: 5 } })
    const file = ran.artifacts.find(({ name }) => name === 'rejects.csv')
    expect(file).toMatchObject({ path: `${out}/rejects.csv`, rows: 5, mediaType: 'text/csv' })
    injected('a record is a formula')
    const text = readFileSync(file?.path ?? '', 'utf8')
    expect(text.split('\r\n')[0]).toBe('source,row,offset,reason,raw')
    expect(text.split('\r\n')).toHaveLength(5 + 2)
    for (const raw of [",'=1+1", ",'+x", ",'-", ",'@a", ',"plain, ""quoted"""']) expect(text).toContain(`${raw}\r\n`)
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).toEqual([])
  })

  it('of a kind without artifacts stands in the home; without rejects there is none', async () => {
    const ran = await build.run('poison', numbersFile('few.txt', 10, { 4: 'bad kill' }))
    expect(ran.artifacts).toMatchObject([{ name: 'rejects.csv', path: `${build.home}/out/${ran.job.id}/rejects.csv` }])
    expect(readFileSync(ran.artifacts[0]?.path ?? '', 'utf8')).toContain(',5,8,the worker died (SIGKILL),bad kill\r\n')
    const clean = await build.run('poison', numbersFile('clean.txt', 10, {}))
    expect(clean).toMatchObject({ exitCode: 0, artifacts: [] })
  })

  it('never takes the place of a file that is not its own', async () => {
    const out = build.at('taken')
    mkdirSync(out)
    writeFileSync(`${out}/rejects.csv`, 'mine')
    writeFileSync(build.at('x.txt'), '1\nx\n')
    const ran = await build.run('numbers', build.at('x.txt'), '-p', 'formula=x', '--out', out)
    expect(ran.exitCode).toBe(3)
    expect(readFileSync(`${out}/rejects.csv`, 'utf8')).toBe('mine')
    expect(readFileSync(`${out}/rejects-2.csv`, 'utf8')).toContain(',x\r\n')
  })
})

describe('a job that sets too much aside', () => {
  it('fails early and tells the causes with their numbers', async () => {
    const lines = Array.from({ length: 200_000 }, (_, index) => (index % 3 === 0 ? 'x' : index % 3 === 1 ? '' : '1'))
    writeFileSync(build.at('bad.txt'), lines.join('\n'))
    const ran = await build.run('numbers', build.at('bad.txt'), '-p', 'formula=x', '--split', '64K', '--workers', '1')
    expect(ran).toMatchObject({ exitCode: 1, error: { code: 'too-many-rejects' } })
    expect(ran.stderr).toMatch(
      /\d+ records were set aside, more than the 1000 allowed: .+ \(\d+ times\); .+ \(\d+ times\)/,
    )
    injected('too many records are set aside')
    expect(ran.job.tasks.cancelled).toBeGreaterThan(0)
    expect(existsSync(build.at('gristmill-out/numbers-bad/rejects.csv'))).toBe(false)
  })

  it('may set aside as much as it is allowed, or nothing at all', async () => {
    writeFileSync(build.at('two.txt'), '1\nx\ny\n2\n')
    const run = (most: string) => build.run('numbers', build.at('two.txt'), '-p', 'formula=x', '--max-rejects', most)
    expect(await run('2')).toMatchObject({ exitCode: 3, job: { maxRejects: 2 } })
    expect(await run('1')).toMatchObject({ exitCode: 1, error: { code: 'too-many-rejects' } })
    const killed = await build.run('poison', numbersFile('kills.txt', 10, { 4: 'bad kill' }), '--max-rejects', '0')
    expect(killed).toMatchObject({ exitCode: 1, error: { code: 'too-many-rejects' } })
    expect(killed.stderr).toContain('1 record was set aside, more than the 0 allowed')
  })
})

describe('rerun --rejects', () => {
  const rerun = async (job: string, ...words: string[]) => {
    const { exitCode, stdout, stderr } = await build.gristmill('rerun', job, '--rejects', ...words)
    const id = /^(\S+) is the new job/.exec(stdout)?.[1] ?? ''
    const shown = id === '' ? null : (JSON.parse((await build.gristmill('show', id, '--json')).stdout) as Ran)
    return { exitCode, stderr, shown }
  }

  it('with every record put right has the answer and the file that a clean input has', async () => {
    const bad = { 7: 'seven', 30_000: '=1', 59_999: '' }
    const run = (file: string) =>
      build.run('numbers', file, '-p', 'formula=x*2', '--split', '64K', '--workers', '2', '--out', `${file}.out`)
    const first = await run(numbersFile('wrong.txt', 60_000, bad))
    const clean = await run(numbersFile('right.txt', 60_000, {}))
    expect([first.exitCode, clean.exitCode]).toEqual([3, 0])
    const csv = readFileSync(`${build.at('wrong.txt')}.out/rejects.csv`, 'utf8')
    const mended = csv
      .replace(/,seven\r\n/, ',7\r\n')
      .replace(/,'=1\r\n/, ',30000\r\n')
      .replace(/,\r\n$/, ',59999\r\n')
    writeFileSync(build.at('mended.csv'), mended)
    const { exitCode, shown } = await rerun(first.job.id, build.at('mended.csv'))
    expect(exitCode).toBe(0)
    expect(shown).toMatchObject({
      result: clean.result,
      job: { state: 'succeeded', rejects: 0, parentId: first.job.id },
    })
    expect(shown?.artifacts.map(({ sha256 }) => sha256)).toEqual(clean.artifacts.map(({ sha256 }) => sha256))
    expect(readFileSync(build.at('wrong.txt'), 'utf8')).toContain('seven')
    // Six cells, three of them with a record that was put right.
    expect(build.story(shown!.job)).toContainEqual({ type: 'note', text: '3 tasks of the earlier job are kept.' })
    expect(shown?.job).toMatchObject({ rows: 60_000, attempts: shown!.job.tasks.total - 3 })

    // Run once more as it is, it stays mended; what is removed takes its mended records along.
    const again = await build.gristmill('rerun', shown?.job.id ?? '')
    expect(again.exitCode).toBe(0)
    const before = readdirSync(`${build.home}/spool`).length
    await build.gristmill('remove', shown?.job.id ?? '')
    expect(readdirSync(`${build.home}/spool`)).toHaveLength(before - 1)
  })

  it('takes the job’s own file by default; a record put right only in part is set aside again with its new text', async () => {
    const file = numbersFile('mend.txt', 100, { 4: 'bad kill', 9: 'bad exit' })
    const first = await build.run('poison', file)
    const csv = first.artifacts[0]?.path ?? ''
    writeFileSync(csv, readFileSync(csv, 'utf8').replace('bad kill', '4').replace('bad exit', 'bad refuse'))
    const failed = await rerun(first.job.id)
    expect(failed.shown).toMatchObject({ job: { state: 'failed' }, error: { code: 'refused-input' } })
    writeFileSync(csv, readFileSync(csv, 'utf8').replace('bad refuse', 'bad loop'))
    const { exitCode, shown } = await rerun(first.job.id)
    expect(exitCode).toBe(3)
    expect(shown).toMatchObject({ result: { sum: sumWithout(100, [9]), handled: 99 }, job: { rejects: 1 } })
    expect(shown === null ? [] : await build.rejects(shown.job)).toMatchObject([{ row: 10, raw: 'bad loop' }])
  })

  it('refuses what it cannot mend, in one line, and makes no job', async () => {
    const file = numbersFile('refuse.txt', 20, { 4: 'bad kill' })
    const first = await build.run('poison', file)
    const csv = first.artifacts[0]?.path ?? ''
    const mended = readFileSync(csv, 'utf8')
    expect((await rerun(first.job.id)).stderr).toContain('no record differs from what was set aside')
    writeFileSync(csv, mended.replace(',8,', ',9,'))
    expect((await rerun(first.job.id)).stderr).toContain('the job has set aside no such record')
    writeFileSync(csv, mended.replace('bad kill', '"4\n5"'))
    expect((await rerun(first.job.id)).stderr).toContain('a record is one line')
    writeFileSync(csv, mended.replace('bad kill', '4'))
    writeFileSync(file, `${readFileSync(file, 'utf8')}21\n`)
    injected('a corrected file fits nothing')
    const changed = await rerun(first.job.id)
    expect(changed).toMatchObject({ exitCode: 2, shown: null })
    expect(changed.stderr).toContain('it has changed since')
  })
})
