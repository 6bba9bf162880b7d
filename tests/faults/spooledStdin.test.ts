import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, watch } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { canMount, openSmallDisk } from './smallDisk.ts'
import { injected, notInjected } from '../harness/faults.ts'

/** stdin is kept in the spool until its job is over; what a killed process has left there belongs to no job. */
const entry = resolve(import.meta.dirname, '../../out/main/terminal.js')

let home: string
let spool: string
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'gristmill-stdin-'))
  spool = join(home, 'spool')
  await mkdir(spool, { recursive: true, mode: 0o700 })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

/** Resolves when the spool is as wanted. */
async function untilSpool(isWanted: (names: string[]) => boolean): Promise<void> {
  const watcher = watch(spool)
  try {
    while (!isWanted(readdirSync(spool))) await once(watcher, 'change')
  } finally {
    watcher.close()
  }
}

/** `run word-count -`, which needs all of stdin before it begins, whose stdin never ends by itself. */
function readingStdin() {
  const child = spawn(process.execPath, [entry, 'run', 'word-count', '-', '--quiet', '--home', home], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: home,
  })
  child.stdin.on('error', () => child.stdin.destroy())
  child.stdin.write('1\n2\n')
  return child
}

test('what a run killed while reading stdin has left is gone with the next host, what another one reads is not', async () => {
  const first = readingStdin()
  await untilSpool((names) => names.length === 1)
  const [left = ''] = readdirSync(spool)
  const reader = readingStdin()
  await untilSpool((names) => names.length === 2)
  const [kept = ''] = readdirSync(spool).filter((name) => name !== left)

  const killed = once(first, 'exit')
  first.kill('SIGKILL')
  injected('a run is killed while it reads stdin')
  await killed
  expect(existsSync(join(spool, left)), 'nobody was there to remove it').toBe(true)

  const next = spawnSync(process.execPath, [entry, 'run', 'no-op', '-p', 'tasks=1', '--quiet', '--home', home], {
    cwd: home,
    encoding: 'utf8',
  })
  expect(next.status, next.stderr).toBe(0)
  expect(readdirSync(spool)).toEqual([kept])

  const output = reader.stdout.setEncoding('utf8').toArray()
  reader.stdin.end('3\n')
  await once(reader, 'exit')
  expect(reader.exitCode).toBe(0)
  expect((await output).join('')).toMatch(/words\s+3/i)
})

// As one skipped test where there can be no such disk: its name stands in tests/skips.json.
if (canMount) test('stdin that the disk has no room for is refused before it takes what the ledger needs', endlessStdin)
else {
  notInjected('stdin gives more than the disk has room for')
  test.skip('faults of a disk of its own, which only root may mount', () => undefined)
}

async function endlessStdin(): Promise<void> {
  const mib = 1024 ** 2
  const { ground } = openSmallDisk(40 * mib)
  const child = ground.start(['run', 'word-count', '-', '--quiet'], {
    stdin: Buffer.alloc(60 * mib, '7\n'),
  })
  injected('stdin gives more than the disk has room for')
  const { code, stderr, stdout } = await child.ended
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(
    /^gristmill: cannot keep what stdin gives: the disk that holds the home is almost full: [^\n]+\n$/,
  )
  expect(ground.filesIn(join(ground.home, 'spool'))).toEqual([])
  expect(await ground.jobs()).toEqual([])
  const next = await ground.run(['run', 'no-op', '-p', 'tasks=1', '--quiet'])
  expect(next.code, next.stderr).toBe(0)
}
