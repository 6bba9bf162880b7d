import { spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root as repository } from './steps.ts'

/**
 * The real launcher and its real set-up over a tree of stand-ins: an npm that records its runs and links this Node in, and a build that
 * writes a terminal entry which prints what it was given. Real installations are what a fresh clone and CI run.
 */
let folder = ''
let tree = ''
let programs = ''

const npm = `#!/bin/sh
echo "$PWD $*" >>"$NPM_RUNS"
cat >/dev/null
sleep 0.2
mkdir -p node_modules/.bin
ln -sf "${process.execPath}" node_modules/.bin/node
: >node_modules/.package-lock.json
`
const terminal = `
const { pid, argv } = process
const input = (await import('node:fs')).readFileSync(0, 'utf8')
console.log(JSON.stringify({ pid, cwd: process.cwd(), args: argv.slice(2), input }))
`
const build = `
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
readFileSync(0)
const root = import.meta.dirname + '/..'
appendFileSync(process.env.BUILD_RUNS, 'built\\n')
console.log('chatter of the build')
mkdirSync(root + '/out/main', { recursive: true })
writeFileSync(root + '/out/main/terminal.js', ${JSON.stringify(terminal)})
writeFileSync(root + '/out/.stamp', '')
`

interface Launch {
  code: number | null
  stdout: string
  stderr: string
  pid: number | undefined
}

function launch(
  args: string[],
  options: { program?: string; cwd?: string; env?: Record<string, string>; uid?: number } = {},
): Promise<Launch> {
  const { program = join(tree, 'bin/gristmill'), cwd = folder, env = {}, uid } = options
  const child = spawn(program, args, {
    cwd,
    env: {
      PATH: `${programs}:/usr/bin:/bin`,
      NPM_RUNS: join(folder, 'npm.runs'),
      BUILD_RUNS: join(folder, 'build.runs'),
      ...env,
    },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  child.stdin.on('error', ignoreClosed).end('1\n2\n')
  const read = { stdout: '', stderr: '' }
  child.stdout.on('data', (text: Buffer) => (read.stdout += text.toString()))
  child.stderr.on('data', (text: Buffer) => (read.stderr += text.toString()))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ code, pid: child.pid, ...read }))
  })
}

/** A launcher that fails early has closed its stdin before the numbers are written. */
function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

function runs(name: 'npm' | 'build'): string[] {
  const path = join(folder, `${name}.runs`)
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
}

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "gristmill it's a mill ")))
  tree = join(folder, 'the tree')
  programs = join(folder, 'programs')
  for (const made of [programs, join(tree, 'bin'), join(tree, 'scripts'), join(tree, 'contract')])
    mkdirSync(made, { recursive: true })
  for (const file of ['bin/gristmill', 'scripts/setUp.sh', 'scripts/buildSources.txt'])
    cpSync(join(repository, file), join(tree, file))
  writeFileSync(join(tree, 'scripts/build.ts'), build)
  writeFileSync(join(tree, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(tree, 'package-lock.json'), '{}')
  writeFileSync(join(programs, 'npm'), npm)
  chmodSync(join(programs, 'npm'), 0o755)
  chmodSync(folder, 0o755)
})
afterEach(() => {
  chmodSync(tree, 0o755)
  rmSync(folder, { recursive: true, force: true })
})

describe('the launcher', { timeout: 20_000 }, () => {
  it('sets up, tells of it on stderr alone, and becomes the host in the caller’s folder, with the caller’s stdin', async () => {
    const args = ['run', 'a kind', '', '--name=two\nlines', '$HOME', '-']
    const { code, stdout, stderr, pid } = await launch(args)
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'gristmill: installing packages (npm ci), once\ngristmill: building, once\nchatter of the build\n',
    })
    expect(JSON.parse(stdout)).toEqual({ pid, cwd: folder, args, input: '1\n2\n' })
    expect(runs('npm')).toEqual([`${tree} ci --ignore-scripts --include=dev --include=optional`])
    expect(existsSync(join(tree, '.set-up.lock'))).toBe(false)
  })

  it('does neither again while nothing changed, and builds alone when a source did', async () => {
    await launch([])
    expect((await launch([])).stderr).toBe('')
    const later = Date.now() / 1000 + 10
    writeFileSync(join(tree, 'contract/job.ts'), '')
    utimesSync(join(tree, 'contract/job.ts'), later, later)
    expect((await launch([])).stderr).toContain('building')
    expect(runs('npm')).toHaveLength(1)
    expect(runs('build')).toHaveLength(2)
  })

  it('finds its tree through links to links', async () => {
    mkdirSync(join(folder, 'links'))
    symlinkSync('../the tree/bin/gristmill', join(folder, 'links/one'))
    symlinkSync(join(folder, 'links/one'), join(folder, 'gristmill'))
    const { code, stdout } = await launch(['kinds'], { program: join(folder, 'gristmill'), cwd: '/' })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ cwd: '/', args: ['kinds'] })
  })

  it('two first launches at once set up once', async () => {
    const both = await Promise.all([launch(['one']), launch(['two'])])
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect([runs('npm').length, runs('build').length]).toEqual([1, 1])
  })

  it('a lock whose owner is gone does not stop it', async () => {
    const gone = await launch([])
    rmSync(join(tree, 'out'), { recursive: true })
    mkdirSync(join(tree, '.set-up.lock'))
    writeFileSync(join(tree, '.set-up.lock/pid'), `${gone.pid}\n`)
    expect((await launch([])).code).toBe(0)
  })

  it('a failed installation shows the end of npm’s output and one line, and leaves no lock', async () => {
    writeFileSync(join(programs, 'npm'), '#!/bin/sh\necho "npm error ENOTFOUND somewhere"\nexit 1\n')
    const { code, stdout, stderr } = await launch(['kinds'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.split('\n').slice(-3)).toEqual([
      'npm error ENOTFOUND somewhere',
      `gristmill: npm ci failed in ${tree}; its last lines stand above`,
      '',
    ])
    expect(existsSync(join(tree, '.set-up.lock'))).toBe(false)
  })

  it('a failed build is one line after its output', async () => {
    writeFileSync(join(tree, 'scripts/build.ts'), 'console.log("cannot resolve it"); process.exit(1)')
    const { code, stdout, stderr } = await launch([])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('cannot resolve it\ngristmill: the build failed in')
    expect(existsSync(join(tree, '.set-up.lock'))).toBe(false)
  })

  it('says what is missing when there is no npm', async () => {
    const bare = join(folder, 'bare')
    mkdirSync(bare)
    for (const name of ['sh', 'dirname', 'mkdir', 'rm', 'cat', 'find', 'head', 'tail', 'readlink'])
      symlinkSync(`/usr/bin/${name}`, join(bare, name))
    const { code, stderr } = await launch([], { env: { PATH: bare } })
    expect(code).toBe(1)
    expect(stderr).toBe('gristmill: setting up needs Node 20 or newer with npm; install it from https://nodejs.org\n')
  })

  it('a Node that npm brought and that cannot run here gives way to one on the PATH, if that is new enough', async () => {
    await launch([])
    writeFileSync(join(tree, 'node_modules/.bin/broken'), '#!/no/such/interpreter\n', { mode: 0o755 })
    rmSync(join(tree, 'node_modules/.bin/node'))
    symlinkSync('broken', join(tree, 'node_modules/.bin/node'))
    writeFileSync(join(programs, 'node'), '#!/bin/sh\ncase $1 in -p) echo 22 ;; *) echo v22.1.0 ;; esac\n', {
      mode: 0o755,
    })
    const refused = await launch([])
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(`running needs Node 24 or newer, and ${join(programs, 'node')} is v22.1.0`)
    rmSync(join(programs, 'node'))
    symlinkSync(process.execPath, join(programs, 'node'))
    expect((await launch([])).code).toBe(0)
  })

  it('runs from a tree that is built and cannot be written', async () => {
    await launch([])
    chmodSync(tree, 0o555)
    const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {}
    const { code, stdout, stderr } = await launch(['kinds'], uid)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ args: ['kinds'] })
  })

  it('says so when a tree that cannot be written is not set up', async () => {
    chmodSync(tree, 0o555)
    const uid = process.getuid?.() === 0 ? { uid: 65_534 } : {}
    const { code, stderr } = await launch([], uid)
    expect(code).toBe(1)
    expect(stderr).toContain('the folder cannot be written')
  })

  it('leaves a linked node_modules alone, which is another tree’s', async () => {
    await launch([])
    cpSync(join(tree, 'node_modules'), join(folder, 'elsewhere'), { recursive: true })
    rmSync(join(tree, 'node_modules'), { recursive: true })
    symlinkSync(join(folder, 'elsewhere'), join(tree, 'node_modules'))
    const later = Date.now() / 1000 + 10
    utimesSync(join(tree, 'package-lock.json'), later, later)
    expect((await launch([])).code).toBe(0)
    expect(runs('npm')).toHaveLength(1)
  })
})
