import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Json } from '../../contract/json.ts'
import { type PlanRun, runPlan } from '../../tests/harness/runPlan.ts'
import { plan } from './plan.ts'
import { run } from './run.ts'

const slowMs = 60_000
const kind = { plan, run }
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill-command-'))
  mkdirSync(join(folder, 'indexes'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function textOf({ artifacts }: PlanRun, name: string): string {
  return artifacts.get(name)?.toString('utf8') ?? ''
}

/** The fields of the log, one row for each item that was run. */
function joblogOf(done: PlanRun): string[][] {
  const [header, ...rows] = textOf(done, 'joblog.tsv').trimEnd().split('\n')
  expect(header).toBe('Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand')
  return rows.map((row) => row.split('\t'))
}

async function perLine(lines: readonly string[], params: Record<string, Json>, more: { seed?: number } = {}) {
  const text = lines.map((line) => `${line}\n`).join('')
  return await runPlan({ kind, files: [text], cellBytes: 16, params: { per: 'line', ...params }, ...more })
}

describe('running a program', { timeout: slowMs }, () => {
  test('once per line gives what all have printed in the order of the lines, whoever had them', async () => {
    const lines = Array.from({ length: 20 }, (_, number) => `line ${number}`)
    const done = await perLine(lines, { command: ['echo', '<{}>'] }, { seed: 3 })
    expect(done.result).toMatchObject({ items: 20, done: 20, failed: 0, attempts: 20, halted: false, shell: false })
    expect(textOf(done, 'output.txt')).toBe(lines.map((line) => `<${line}>\n`).join(''))
    expect(joblogOf(done).map(([number]) => Number(number))).toEqual(lines.map((_, index) => index + 1))
  })

  test('hands each value over as one word, whatever a shell would make of it', async () => {
    const lines = ['$(touch nasty)', "it's", '; rm -rf /', '*', '', '-n', 'a  b', '`id`', '"']
    const done = await perLine(lines, { command: ['printf', '[%s]\n', '{}'] })
    expect(textOf(done, 'output.txt')).toBe(lines.map((line) => `[${line}]\n`).join(''))
  })

  test('puts no value into the text of a line for the shell', async () => {
    const lines = ['$(echo pwned)', "it's", '; echo pwned', '*', 'a  b', '`echo pwned`', '"', '\\']
    const shell = { shell: true, command: ['printf "[%s]\\n" {} "{}" | tr a-z A-Z'] }
    const done = await perLine(lines, shell)
    const expected = lines.flatMap((line) => [line, line]).map((line) => `[${line.toUpperCase()}]\n`)
    expect(textOf(done, 'output.txt')).toBe(expected.join(''))
    expect(done.result).toMatchObject({ shell: true })
    expect(done.told.at(-1)).toContain('A shell read the command')
  })

  test('sets items that fail aside with exit code and what they said last, and goes on', async () => {
    const command = ['echo first >&2; echo "bad {}" >&2; exit {}']
    const done = await perLine(['0', '3', '0', '4'], { shell: true, command, retries: 1 })
    expect(done.result).toMatchObject({ items: 4, done: 2, failed: 2, attempts: 6 })
    expect(done.rejects.map(({ reason, raw }) => [reason, raw])).toEqual([
      ['item 2 ended with exit code 3 (2 attempts): bad 3', '3'],
      ['item 4 ended with exit code 4 (2 attempts): bad 4', '4'],
    ])
    expect(joblogOf(done).map((row) => row[6])).toEqual(['0', '3', '0', '4'])
  })

  test('ends a program that takes too long, with what it has started', async () => {
    const done = await perLine(['60', '0'], { shell: true, command: ['sleep {} & wait'], timeoutMs: 300 })
    expect(done.result).toMatchObject({ done: 1, failed: 1, timedOut: 1 })
    expect(done.rejects[0]?.reason).toContain('timed out after 300 ms')
    expect(joblogOf(done)[0]?.slice(6, 8)).toEqual(['-1', '15'])
  })

  test('begins no more items when too many have failed', async () => {
    const done = await perLine(['1', '0', '1', '0', '0'], {
      shell: true,
      command: ['exit {}'],
      halt: 'soon,fail=2',
    })
    expect(done.result).toMatchObject({ items: 5, done: 1, failed: 2, notRun: 2, halted: true })
    expect(joblogOf(done)).toHaveLength(3)
    expect(textOf(done, 'results.csv').split('\n')[5]).toMatch(/^5,0,notRun,/)
  })

  test('keeps so much of what is printed, and says how much it was', async () => {
    const done = await perLine(['1000000'], { command: ['head', '-c', '{}', '/dev/zero'], mostOutputBytes: 10 })
    expect(done.result).toMatchObject({ done: 1, outputBytes: 10 })
    expect(done.artifacts.get('output.txt')).toHaveLength(10)
    expect(joblogOf(done)[0]?.[5]).toBe('1000000')
  })

  test('collects what an item leaves in a folder of its own, and nothing of an attempt that failed', async () => {
    const command = [
      'mkdir {out}/deep; echo {} > {out}/deep/{}.txt; test -e ' +
        folder +
        '/again || { touch ' +
        folder +
        '/again {out}/left; exit 1; }',
    ]
    const done = await perLine(['a', 'b'], { shell: true, command, retries: 1 })
    expect(done.result).toMatchObject({ done: 2, attempts: 3, files: 2 })
    expect([...done.artifacts.keys()].filter((name) => name.startsWith('outputs/'))).toEqual([
      'outputs/1/deep/a.txt',
      'outputs/2/deep/b.txt',
    ])
    expect(textOf(done, 'outputs/1/deep/a.txt')).toBe('a\n')
  })

  test('fails the whole job when there is no such program', async () => {
    await expect(perLine(['a'], { command: ['no-such-program-here'] })).rejects.toThrow(
      'cannot run no-such-program-here: there is no such program on the PATH',
    )
  })
})

describe('items', { timeout: slowMs }, () => {
  test('are files by their paths, in the words of GNU parallel', async () => {
    const paths = [file('a.b.txt', 'x'), file('none', 'y')]
    const command = ['printf', '%s|%s|%s|%s|%s|%s\n', '{}', '{.}', '{/}', '{//}', '{/.}', '{#}']
    const done = await runPlan({ kind, paths, params: { command } })
    expect(textOf(done, 'output.txt')).toBe(
      `${folder}/a.b.txt|${folder}/a.b|a.b.txt|${folder}|a.b|1\n${folder}/none|${folder}/none|none|${folder}|none|2\n`,
    )
  })

  test('are rows with their columns by name and by number', async () => {
    const files = ['name,out of,path\nann,3,/x/y.tar.gz\n"b,c",,z\n']
    const command = ['printf', '%s|%s|%s|%s|%s\n', '{name}', '{out of}', '{path/.}', '{2}', '{print}']
    const done = await runPlan({ kind, files, params: { per: 'row', command, header: true } })
    expect(textOf(done, 'output.txt')).toBe('ann|3|y.tar|3|{print}\nb,c||z||{print}\n')
  })

  test('are the last word where the command names none', async () => {
    expect(textOf(await perLine(['a', 'b'], { command: ['echo', 'is'] }), 'output.txt')).toBe('is a\nis b\n')
  })

  test('that no word can hold are set aside', async () => {
    const command = ['printf', '%.1s']
    const rows = await runPlan({
      kind,
      files: ['{"a":"x"}\n{"a":"nul\\u0000"}\n'],
      params: { per: 'row', command },
    })
    expect(rows.rejects.map(({ row, reason }) => [row, reason])).toEqual([
      [2, 'it has a NUL, which no word of a command can hold'],
    ])
    // Behind what is looked at to tell text from other bytes.
    const files = [Buffer.from(`${'a'.repeat(1023)}\n`.repeat(100) + 'b\n\xff\nc', 'latin1')]
    const lines = await runPlan({ kind, files, params: { per: 'line', command } })
    expect(lines.rejects.map(({ row, reason }) => [row, reason])).toEqual([[102, 'it is no UTF-8']])
    expect(textOf(lines, 'output.txt')).toBe(`${'a'.repeat(100)}bc`)
  })
})

describe('a job over the same again', { timeout: slowMs }, () => {
  const counted = () => readFileSync(join(folder, 'count'), 'utf8').length

  async function job(params: Record<string, Json> = {}) {
    const command = [
      'printf x >> ' + folder + '/count; echo did {} | tee {out}/file; test {} != "$(cat ' + folder + '/bad)"',
    ]
    const files = ['1\n2\n3\n']
    return await runPlan({
      kind,
      files,
      indexes: join(folder, 'indexes'),
      params: { per: 'line', shell: true, command, ...params },
    })
  }

  test('does only what failed, and has the output of all', async () => {
    file('bad', '2')
    const first = await job()
    expect(first.result).toMatchObject({ done: 2, failed: 1, reused: 0 })
    file('bad', 'none')
    const second = await job()
    expect(second.result).toMatchObject({ done: 3, failed: 0, reused: 2, attempts: 1, files: 3 })
    expect(textOf(second, 'output.txt')).toBe('did 1\ndid 2\ndid 3\n')
    expect(textOf(second, 'outputs/3/file')).toBe('did 3\n')
    expect(second.told.at(-1)).toContain('2 of 3 items had been done')
    expect(counted()).toBe(4)
  })

  test('does everything under another version, and where that was asked for', async () => {
    file('bad', '')
    await job()
    expect((await job({ version: '2' })).result).toMatchObject({ reused: 0, attempts: 3 })
    expect((await job({ reuse: false })).result).toMatchObject({ reused: 0, attempts: 3 })
    expect(counted()).toBe(9)
  })

  test('does an item again whose file has changed', async () => {
    const path = file('input.txt', 'one\n')
    const indexes = join(folder, 'indexes')
    const again = async () => await runPlan({ kind, paths: [path], indexes, params: { command: ['cat'] } })
    expect(textOf(await again(), 'output.txt')).toBe('one\n')
    expect((await again()).result).toMatchObject({ reused: 1 })
    file('input.txt', 'three\n')
    const changed = await again()
    expect(changed.result).toMatchObject({ reused: 0 })
    expect(textOf(changed, 'output.txt')).toBe('three\n')
  })
})
