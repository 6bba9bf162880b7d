import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** Bare `gristmill` and `gristmill desktop`, built, with a script in the place of Electron's program that writes down how it was started. */
const root = resolve(import.meta.dirname, '../..')
const isRoot = process.getuid?.() === 0
const sandboxFlags = isRoot ? ['--no-sandbox'] : []
let folder = ''
let dist = ''

function installProgram(ending: string): void {
  const program = join(dist, 'electron')
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$@" >"${folder}/arguments"\necho "$GRISTMILL_HOME:$ELECTRON_RUN_AS_NODE" >"${folder}/env"\n${ending}\n`,
  )
  chmodSync(program, 0o755)
}

function start(args: string[], env: Record<string, string> = {}) {
  const { DISPLAY: _x, WAYLAND_DISPLAY: _w, ...rest } = process.env
  return spawn(process.execPath, [join(root, 'out/main/terminal.js'), '--home', join(folder, 'home'), ...args], {
    env: { ...rest, ELECTRON_OVERRIDE_DIST_PATH: dist, GRISTMILL_NO_DOWNLOAD: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs it to its end; one that opens the dashboard is asked to end when it has printed its address. */
async function run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = start(args, env)
  const ended = { stdout: '', stderr: '' }
  child.stdout.on('data', (text: Buffer) => (ended.stdout += text.toString()))
  child.stderr.on('data', (text: Buffer) => (ended.stderr += text.toString()))
  createInterface({ input: child.stdout }).once('line', (line) => {
    if (line.startsWith('http://')) child.kill('SIGTERM')
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...ended }
}

const written = (name: string): string[] => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
const screen = { DISPLAY: ':77' }

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gristmill desktop '))
  dist = join(folder, 'dist')
  mkdirSync(dist)
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('bare gristmill', () => {
  it('starts Electron’s program on the app’s folder, with the home, and ends as it ends', async () => {
    installProgram('exit 7')
    const { code, stdout, stderr } = await run([], { ...screen, ELECTRON_RUN_AS_NODE: '1' })
    expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
    expect(written('arguments')).toEqual([root, ...sandboxFlags])
    expect(written('env')).toEqual([`${join(folder, 'home')}:`])
    expect(stderr.includes('--no-sandbox')).toBe(isRoot)
  })

  it('passes a request to end on to the app', async () => {
    installProgram(`trap 'exit 5' TERM\necho started\nwhile :; do sleep 0.1; done`)
    const child = start([], screen)
    await once(createInterface({ input: child.stdout }), 'line')
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([5, null])
  })

  it('without a display opens the dashboard, says so in one line, and starts no program', async () => {
    installProgram('exit 0')
    const { code, stdout, stderr } = await run([])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]+\n$/)
    expect(stderr).toBe(
      'gristmill: no display found; open this address in a browser; Ctrl-C ends it, gristmill --help tells more\n',
    )
    expect(existsSync(join(folder, 'arguments'))).toBe(false)
  })

  it('without the program opens the dashboard and says what is missing', async () => {
    const { code, stdout, stderr } = await run([], screen)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^http:/)
    expect(stderr).toContain(`${dist}/electron is no program; opening the dashboard in the browser`)
  })

  it('falls back to the dashboard when the program’s libraries are missing', async () => {
    installProgram('echo "error while loading shared libraries: libnss3.so" >&2; exit 127')
    const { stdout, stderr } = await run([], screen)
    expect(stdout).toMatch(/^http:/)
    expect(stderr).toContain('Electron’s program cannot run here; opening the dashboard in the browser')
  })

  it('falls back to the dashboard when the program cannot be started at all', async () => {
    writeFileSync(join(dist, 'electron'), '#!/no/such/interpreter\n', { mode: 0o755 })
    const { stdout, stderr } = await run([], screen)
    expect(stdout).toMatch(/^http:/)
    expect(stderr).toContain('Electron’s program cannot be started (spawn ')
  })

  it('a program that is ended by a signal is told and fails', async () => {
    installProgram('kill -KILL $$')
    const { code, stderr } = await run([], screen)
    expect(code).toBe(1)
    expect(stderr).toContain('gristmill: the desktop app was ended by SIGKILL')
  })
})

describe('gristmill desktop', () => {
  it('opens the app', async () => {
    installProgram('exit 0')
    expect(await run(['desktop'], screen)).toMatchObject({ code: 0, stdout: '' })
    expect(written('arguments')).toEqual([root, ...sandboxFlags])
  })

  it('fails with one line where there is no program, and opens no dashboard', async () => {
    const { code, stdout, stderr } = await run(['desktop'], screen)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe(
      `gristmill: cannot open the desktop app: ELECTRON_OVERRIDE_DIST_PATH is set, and ${dist}/electron is no program; ` +
        'type gristmill for the dashboard in the browser\n',
    )
  })
})
