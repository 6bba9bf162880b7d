import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inspectionSchema } from '../../contract/dataset.ts'
import { jobDocumentSchema } from '../../contract/job.ts'
import { type Ground, openGround } from './gristmill.ts'

/** Folders, patterns and several files, as words of the command line. */

function makeFiles(ground: Ground, files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(ground.cwd, name, '..'), { recursive: true })
    ground.file(name, content)
  }
}

const years = {
  'data/2024/sales.csv': 'city,sum\nBonn,1\n',
  'data/2025/sales.csv': 'sum,city,note\n2.5,Ulm,late\n',
  'data/2025/.draft.csv': 'city,sum\nKiel,100\n',
}

async function filtered(ground: Ground, words: string[]): Promise<string> {
  const { artifacts } = await ground.runJob(['filter', ...words])
  return readFileSync(artifacts[0]!.path, 'utf8')
}

describe('a folder', () => {
  it('and a pattern are one dataset: columns united, a column for the file', async () => {
    const ground = openGround()
    makeFiles(ground, years)
    const whole = 'city,sum,note,from\nBonn,1,,2024/sales.csv\nUlm,2.5,late,2025/sales.csv\n'
    expect(await filtered(ground, ['data/', '-p', 'fileColumn=from'])).toBe(whole)
    expect(await filtered(ground, ['data/*/sales.csv', '-p', 'fileColumn=from'])).toBe(whole)
    expect(await filtered(ground, ['data', '-p', "where=note == 'late'", '-p', 'columns=city'])).toBe('city\nUlm\n')
    const { job } = await ground.show()
    expect(job).toMatchObject({ name: 'filter data', inputs: [{ name: '2024/sales.csv' }, { name: '2025/sales.csv' }] })
    await ground.run(['rerun', 'last', '--json'])
    expect((await ground.show()).job.inputs.map(({ name }) => name)).toEqual(['2024/sales.csv', '2025/sales.csv'])
  })

  it.each([
    ['an empty one', 'empty', 'cannot read empty: there is no file in it'],
    ['a FIFO', 'pipe', 'it is a FIFO'],
    ['a device', '/dev/null', 'it is a device'],
    ['a pattern that matches nothing', '*.none', 'cannot read *.none: no file matches'],
  ])('%s is refused in one line, and no job is made', async (_, word, why) => {
    const ground = openGround()
    mkdirSync(join(ground.cwd, 'empty'))
    execFileSync('mkfifo', [join(ground.cwd, 'pipe')])
    const refused = await ground.run(['run', 'profile', word])
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(why)])
    expect(await ground.jobs()).toEqual([])
  })

  it('of a thousand small files is one job', async () => {
    const ground = openGround()
    makeFiles(
      ground,
      Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`many/${n}.csv`, `n,c${n % 3}\n${n},1\n`])),
    )
    const { result, job } = await ground.runJob(['profile', 'many'])
    expect(job.inputs.slice(0, 3).map(({ name }) => name)).toEqual(['0.csv', '1.csv', '2.csv'])
    expect(result).toMatchObject({ rows: 1000, columns: [{ name: 'n', sum: 499_500 }, { nulls: 666 }, {}, {}] })
  })
})

describe('inspect', () => {
  it('looks at a folder file by file, and tells what its files are together', async () => {
    const ground = openGround()
    makeFiles(ground, years)
    const inspections = await ground.json(z.array(inspectionSchema), ['inspect', 'data'])
    expect(inspections.map(({ input }) => input.name)).toEqual(['2024/sales.csv', '2025/sales.csv'])
    const { stdout } = await ground.run(['inspect', 'data'])
    expect(stdout).toMatch(/together +2 files/)
    expect(stdout).toMatch(/sum +decimal +2\nnote +text +1/)
  })

  it('reads a table as it is told to', async () => {
    const ground = openGround()
    ground.file('a.csv', 'a,b;c\n1,2;3\n')
    const [found] = await ground.json(z.array(inspectionSchema), ['inspect', 'a.csv', '-p', 'delimiter=;'])
    expect(found?.input.table?.columns.map(({ name }) => name)).toEqual(['a,b', 'c'])
    expect(found?.sample?.rows).toEqual([['1,2', '3']])
    for (const param of ['delimiter=ab', 'nothing=1', 'header']) {
      const refused = await ground.run(['inspect', 'a.csv', '-p', param])
      expect(refused).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(/^gristmill: cannot inspect: .*\n$/),
      })
    }
  })
})

describe('--each', () => {
  it('makes a job of every input, and prints each', async () => {
    const ground = openGround()
    makeFiles(ground, { 'x/a.txt': 'one\n', 'y/a.txt': 'one two\n', 'b.txt': 'one two three\n' })
    const args = ['word-count', 'x', 'y/a.txt', 'b.txt', '--each', '--out', 'out']
    const documents = await ground.json(z.array(jobDocumentSchema), ['run', ...args, '--quiet'])
    expect(documents.map(({ result }) => result)).toMatchObject([
      { totalWords: 1 },
      { totalWords: 2 },
      { totalWords: 3 },
    ])
    expect(documents.map(({ job }) => job.name)).toEqual(['word-count a', 'word-count a', 'word-count b'])
    for (const folder of ['a', 'a-2', 'b']) readFileSync(join(ground.cwd, 'out', folder, 'words.csv'))
    expect(await ground.jobs()).toHaveLength(3)
    const printed = await ground.run(['run', 'word-count', 'b.txt', 'x', '--each', '--quiet'])
    expect(printed.stdout.match(/totalWords|total words/gi)).toHaveLength(2)
  })

  it('an input that is refused does not keep the others from being worked on', async () => {
    const ground = openGround()
    makeFiles(ground, { 'a.txt': 'one\n', 'b.txt': 'two\n' })
    const ended = await ground.run(['run', 'word-count', 'a.txt', 'none.txt', 'b.txt', '--each', '--quiet'])
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain('none.txt')
    expect((await ground.jobs()).map(({ state }) => state)).toEqual(['succeeded', 'succeeded'])
    expect(await ground.run(['run', 'word-count', 'none.txt', '--each'])).toMatchObject({ code: 2, stdout: '' })
  })
})
