import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startBackground } from './background.ts'
import { homePaths } from './home.ts'

let home: string
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'gristmill background ')))
  mkdirSync(homePaths(home).logs)
})
afterEach(() => rmSync(home, { recursive: true }))

/** Says how it was started, over its channel and to stderr, and ends. */
const entryText = `
process.stderr.write('a word for the log\\n')
process.send?.({ args: process.argv.slice(2), cwd: process.cwd(), group: process.pid })
process.disconnect?.()
`

function start(channel: 'ipc' | 'ignore', text = entryText) {
  const entry = join(home, 'entry.mjs')
  writeFileSync(entry, text)
  return startBackground({ paths: homePaths(home), program: process.execPath, args: [entry, 'serve'], channel })
}

test('a background host serves the same home from the home, whatever its name has in it', async () => {
  const child = start('ipc')
  const exit = once(child, 'exit')
  const [said] = (await once(child, 'message')) as [unknown]
  expect(said).toEqual({ args: ['serve', '--background', '--home', home], cwd: home, group: child.pid })
  expect(await exit).toEqual([0, null])
})

test('what it has to say goes to a log that only its owner reads, after what is there', async () => {
  for (const _ of [1, 2]) await once(start('ignore'), 'exit')
  const log = join(homePaths(home).logs, 'background.log')
  expect(readFileSync(log, 'utf8')).toBe('a word for the log\n'.repeat(2))
  expect(statSync(log).mode & 0o777).toBe(0o600)
})

test.skipIf(process.platform === 'win32')(
  'it leads a group of its own, so that no Ctrl-C of this terminal reaches it',
  async () => {
    const child = start('ipc', `process.send?.('there'); setInterval(() => undefined, 1000)`)
    await once(child, 'message')
    const exit = once(child, 'exit')
    expect(process.kill(-(child.pid ?? 0), 'SIGKILL')).toBe(true)
    expect(await exit).toEqual([null, 'SIGKILL'])
  },
)
