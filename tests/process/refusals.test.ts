import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { jobSchema } from '../../contract/job.ts'
import { injected } from '../harness/faults.ts'
import { openGround, type Ended, type Ground, type StartOptions } from './gristmill.ts'

/** Whatever cannot be done is refused with one line, before there is a job, and leaves nothing behind. */

const nobody = 65_534

async function expectRefused(ground: Ground, args: readonly string[], options: StartOptions = {}): Promise<string> {
  const before = ground.filesIn(ground.cwd)
  const ended = await ground.run(args, options)
  const what = args.join(' ')
  expectOneLine(ended, what)
  expect(ground.filesIn(ground.cwd), what).toEqual(before)
  expectNothingKept(ground, what)
  return ended.stderr
}

/** No job was made of anything that was refused, and no process is left. */
async function expectNoTrace(ground: Ground): Promise<void> {
  expect(await ground.jobs()).toEqual([])
  await ground.untilEmpty()
}

function expectOneLine({ code, stdout, stderr }: Ended, what: string): void {
  expect(stderr, what).toMatch(/^gristmill: [^\n]+\n$/)
  expect({ code, stdout }, what).toEqual({ code: 2, stdout: '' })
}

function expectNothingKept(ground: Ground, what: string): void {
  for (const folder of ['scratch', 'spool', 'out'])
    expect(ground.filesIn(join(ground.home, folder)), `${folder}: ${what}`).toEqual([])
}

describe('wrong words', () => {
  it('a kind that there is not', async () => {
    const ground = openGround()
    expect(await expectRefused(ground, ['run', 'word-cuont', ground.file('a.txt', 'a\n')])).toContain('word-count')
    await expectNoTrace(ground)
  })

  it('params of the wrong type or range, unknown ones, and names that mean something to JavaScript', async () => {
    const ground = openGround()
    const path = ground.file('a.txt', 'a b\n')
    const params = ['top=many', 'top=-1', 'top=1.5', 'tokens=letters', 'speed=9', '=1', 'top', 'top=', 'TOP=1']
    const names = ['__proto__=1', 'constructor=1', 'prototype=1', 'toString=1', '__proto__.top=1']
    for (const param of [...params, ...names]) await expectRefused(ground, ['run', 'word-count', path, '-p', param])
    expect(await expectRefused(ground, ['run', 'word-count', path, '-p', 'speed=9'])).toContain('speed')
    await expectRefused(ground, ['run', 'word-count', path, '-p', 'top=1', '-p', 'top=2'])
    await expectNoTrace(ground)
  })

  it('params files that are missing, no JSON, no object, or hold forbidden names', async () => {
    const ground = openGround()
    const path = ground.file('a.txt', '1\n')
    await expectRefused(ground, ['run', 'numbers', path, '--params', 'missing.json'])
    const contents = [
      '{',
      '[]',
      'null',
      '3',
      '{"__proto__": {"top": 1}}',
      '{"constructor": 1}',
      '{"values": {"__proto__": 1}}',
    ]
    for (const [index, content] of contents.entries()) {
      const file = ground.file(`${index}.json`, content)
      await expectRefused(ground, ['run', 'numbers', path, '--params', file])
    }
    await expectNoTrace(ground)
  })

  it('formulas that are none, or reach for more than arithmetic', async () => {
    const ground = openGround()
    for (const formula of [
      'x *',
      '',
      'y + 1',
      'process',
      'x.constructor',
      'constructor("return 1")()',
      'x = 1',
      'x[0]',
    ])
      await expectRefused(ground, ['run', 'numbers', '-p', `formula=${formula}`, '-p', 'values=1,2'])
    await expectNoTrace(ground)
  })

  it('counts and sizes that no job can have', async () => {
    const ground = openGround()
    const path = ground.file('a.txt', 'a\n')
    for (const workers of ['0', '65', '-1', 'two', '1.5', ''])
      await expectRefused(ground, ['run', 'word-count', path, '--workers', workers])
    for (const split of ['0', '-1', '1T', '0K', 'all', ''])
      await expectRefused(ground, ['run', 'word-count', path, '--split', split])
    await expectRefused(ground, ['run', 'no-op', '--split', '1K'])
    await expectNoTrace(ground)
  })

  it('verbs, options and jobs that there are not', async () => {
    const ground = openGround()
    const usages = [['grind'], ['run'], ['run', 'no-op', '--speed'], ['serve', '--port', '99999'], ['show']]
    const jobs = ['show', 'result', 'tasks', 'rejects', 'log', 'wait', 'cancel', 'pause', 'resume', 'retry', 'rerun']
    for (const args of [...usages, ...[...jobs, 'remove'].map((verb) => [verb, 'last'])])
      await expectRefused(ground, args)
    await expectNoTrace(ground)
  })
})

describe('inputs that cannot be read', () => {
  it('missing files, folders, pipes and devices', async () => {
    const ground = openGround()
    mkdirSync(join(ground.cwd, 'folder'))
    execFileSync('mkfifo', [join(ground.cwd, 'pipe')])
    for (const input of ['missing.txt', 'folder', 'pipe', '/dev/zero', '/dev/null', 'folder/../missing/x'])
      expect(await expectRefused(ground, ['run', 'word-count', input])).toContain(input.split('/').at(-1))
    await expectNoTrace(ground)
  })

  it('one bad input among good ones', async () => {
    const ground = openGround()
    await expectRefused(ground, ['run', 'word-count', ground.file('good.txt', 'good\n'), 'missing.txt'])
    await expectNoTrace(ground)
  })

  it('binary files for kinds that read text', async () => {
    const ground = openGround()
    const binary = ground.file('binary', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 256)))
    const utf16 = ground.file('utf16.txt', Buffer.from('\uFEFFwide\n', 'utf16le'))
    for (const path of [binary, utf16, process.execPath])
      for (const kind of ['word-count', 'numbers', 'primes']) await expectRefused(ground, ['run', kind, path])
    await expectNoTrace(ground)
  })

  it('inputs that a kind cannot use, and none where it needs one', async () => {
    const ground = openGround()
    const path = ground.file('a.txt', '1\n')
    await expectRefused(ground, ['run', 'word-count'])
    await expectRefused(ground, ['run', 'numbers'])
    await expectRefused(ground, ['run', 'no-op', path])
    await expectRefused(ground, ['run', 'no-op', '-'], { stdin: 'x' })
    await expectRefused(ground, ['run', 'numbers', path, '-p', 'values=1'])
    await expectRefused(ground, ['run', 'numbers', '-', '-'], { stdin: '1\n' })
    await expectNoTrace(ground)
  })

  it('stdin that turns out to be no text leaves nothing in the spool', async () => {
    const ground = openGround()
    await expectRefused(ground, ['run', 'numbers', '-'], { stdin: Buffer.alloc(100_000) })
    await expectNoTrace(ground)
  })
})

describe('outputs that cannot be written', () => {
  it('a file of that name is there already, and stays as it is', async () => {
    const ground = openGround()
    const path = ground.file('a.txt', 'a b a\n')
    mkdirSync(join(ground.cwd, 'out'))
    const kept = ground.file('out/words.csv', 'precious\n')
    expect(await expectRefused(ground, ['run', 'word-count', path, '--out', 'out'])).toContain('--force')
    expect(readFileSync(kept, 'utf8')).toBe('precious\n')
    await expectNoTrace(ground)
    const forced = await ground.runJob(['word-count', path, '--out', 'out', '--force'])
    expect(forced.artifacts[0]?.path).toBe(realpathSync(kept))
    expect(readFileSync(kept, 'utf8')).toBe('word,count\na,2\nb,1\n')
  })

  it('the folder is a file, or lies below one, or has no name', async () => {
    const ground = openGround()
    const path = ground.file('a.txt', 'a\n')
    for (const out of [path, join(path, 'below'), '', '/proc/nowhere'])
      await expectRefused(ground, ['run', 'word-count', path, '--out', out])
    await expectNoTrace(ground)
  })

  it('a home that cannot be one', async () => {
    const ground = openGround()
    const path = ground.file('a.txt', 'a\n')
    for (const home of [path, join(path, 'home'), '/proc/home', '']) {
      const ended = await ground.run(['run', 'word-count', path, '--home', home])
      expectOneLine(ended, `home ${home}`)
    }
    expect(ground.filesIn(ground.cwd)).toEqual(['a.txt'])
    await ground.untilEmpty()
  })
})

describe('what another user may not touch', () => {
  const isRoot = process.getuid?.() === 0
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gristmill-app-'))
    if (isRoot) installApp()
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const node = () => join(folder, 'node')

  /** A copy of the app that anybody can read, wherever this checkout stands; owned by root, as an installed one is. */
  function installApp(): void {
    const built = resolve(import.meta.dirname, '../../out')
    cpSync(built, join(folder, 'out'), { recursive: true })
    const sqlite = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'))
    cpSync(sqlite, join(folder, 'node_modules/better-sqlite3'), { recursive: true, dereference: true })
    cpSync(realpathSync(process.execPath), node())
    execFileSync('chmod', ['-R', 'a+rX', folder])
  }

  interface Stranger {
    ground: Ground
    options: StartOptions
    /** Takes a file or folder away from the stranger. */
    close: (path: string) => void
    /** Gives a new folder to the stranger. */
    give: (path: string) => void
  }

  /** Root drops to nobody, for whom modes count; anyone else is stopped by their own modes. */
  function openStranger(): Stranger {
    const ground = openGround()
    if (isRoot) chmodSync(ground.folder, 0o755)
    const app = { node: node(), entry: join(folder, 'out/main/terminal.js') }
    const options = isRoot ? { uid: nobody, app } : {}
    const give = (path: string) => {
      mkdirSync(path, { recursive: true })
      if (isRoot) chownSync(path, nobody, nobody)
    }
    for (const path of [ground.cwd, ground.home, join(ground.folder, 'tmp')]) give(path)
    return { ground, options, close: (path) => chmodSync(path, 0), give }
  }

  it('an unreadable input', async () => {
    const { ground, options, close } = openStranger()
    const path = ground.file('secret.txt', 'secret\n')
    close(path)
    expect(await expectRefused(ground, ['run', 'word-count', path], options)).toContain(path)
    mkdirSync(join(ground.cwd, 'locked'))
    const inside = ground.file('locked/a.txt', 'a\n')
    const before = ground.filesIn(ground.cwd)
    close(join(ground.cwd, 'locked'))
    const ended = await ground.run(['run', 'word-count', inside], options)
    expectOneLine(ended, inside)
    chmodSync(join(ground.cwd, 'locked'), 0o755)
    expect(ground.filesIn(ground.cwd)).toEqual(before)
    await expectNoTrace(ground)
  })

  it('a readable input is read all the same', async () => {
    const { ground, options } = openStranger()
    const { result } = await ground.runJob(['word-count', ground.file('a.txt', 'a a\n')], options)
    expect(result).toMatchObject({ totalWords: 2, distinctWords: 1 })
  })

  it('a home of which a part is another person’s, for whatever would write to it', async () => {
    const { ground, options, close } = openStranger()
    await ground.runJob(['no-op', '-p', 'tasks=1'], options)
    for (const part of ['scratch', 'spool', 'logs', 'backups', 'out', 'logs/host.log', 'lock.db', 'gristmill.db']) {
      const path = join(ground.home, part)
      const { mode } = statSync(path)
      close(path)
      injected("a part of the home is another person's")
      for (const args of [['run', 'no-op', '-p', 'tasks=1'], ['serve'], ['storage', '--keep-days', '3']]) {
        const ended = await ground.run(args, options)
        expectOneLine(ended, `${args[0]} without ${part}`)
        expect(ended.stderr).toContain(`${path} cannot be written to (EACCES)`)
      }
      chmodSync(path, mode)
    }
    expect(await ground.json(z.array(jobSchema), ['jobs'], options)).toHaveLength(1)
    await ground.untilEmpty()
  }, 120_000)

  it('a home that is another person’s, for whatever would read it: it is not taken for an empty one', async () => {
    const { ground, options, close } = openStranger()
    await ground.runJob(['no-op', '-p', 'tasks=1'], options)
    close(ground.home)
    for (const args of [['jobs'], ['show', 'last'], ['storage'], ['wait', 'last'], ['cancel', 'last']]) {
      const ended = await ground.run(args, options)
      expectOneLine(ended, args.join(' '))
      expect(ended.stderr).toContain('EACCES')
    }
    chmodSync(ground.home, 0o700)
  })

  it('an output folder and a home without the right to write', async () => {
    const { ground, options } = openStranger()
    const path = ground.file('a.txt', 'a\n')
    const sealed = join(ground.folder, 'sealed')
    mkdirSync(sealed)
    chmodSync(sealed, 0o555)
    await expectRefused(ground, ['run', 'word-count', path, '--out', sealed], options)
    await expectRefused(ground, ['run', 'word-count', path, '--out', join(sealed, 'below')], options)
    expectOneLine(await ground.run(['run', 'word-count', path, '--home', join(sealed, 'home')], options), 'home')
    expect(ground.filesIn(sealed)).toEqual([])
    await expectNoTrace(ground)
  })
})
