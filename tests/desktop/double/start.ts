import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { runInThisContext } from 'node:vm'
import { openGate } from './app.ts'
import * as electron from './electron.ts'

/**
 * Starts an app as Electron does: its package.json names the entry, `electron` is this double, and `ready` comes only once the entry has
 * been evaluated (rule 1). Nothing of Electron itself runs here.
 */
const double = { url: import.meta.resolve('./electron.ts'), shortCircuit: true }
registerHooks({ resolve: (name, context, next) => (name === 'electron' ? double : next(name, context)) })

const { DOUBLE_FIRST: first, DOUBLE_LIMIT_MS: limitMs = '15000' } = process.env
const [program = '', , appPath = '', ...args] = process.argv
process.env['DOUBLE_NODE'] = program
process.execPath = join(import.meta.dirname, 'electron.sh')
process.argv = [process.execPath, appPath, ...args]
for (const [name, value] of Object.entries({ electron: '45.4.1', chrome: '156.0.0.0' }))
  Object.defineProperty(process.versions, name, { value, enumerable: true })

/** The test's way in: functions as text, run with Electron's modules, as Playwright has it on a real one. */
if (first !== undefined) {
  delete process.env['DOUBLE_FIRST']
  const run = async (source: string, argument?: unknown): Promise<unknown> =>
    await (runInThisContext(`(${source})`) as (...given: unknown[]) => unknown)(electron, argument)
  process.on('message', ({ id, source, argument }: { id: number; source: string; argument: unknown }) => {
    run(source, argument).then(
      (value) => process.send?.({ id, value }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    )
  })
  // The test has gone: nothing is left behind.
  process.on('disconnect', () => process.exit(1))
  await run(first)
}

const { main } = JSON.parse(readFileSync(join(appPath, 'package.json'), 'utf8')) as { main: string }
const late = setTimeout(() => {
  process.stderr.write('double: the entry is still being evaluated: it waits for ready (deadlock)\n')
  process.exit(71)
}, Number(limitMs))
await import(pathToFileURL(resolve(appPath, main)).href)
clearTimeout(late)
openGate()
