import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Starts an app as Electron does: its package.json names the entry, `electron` is this double, and `ready` comes only once the entry has
 * been evaluated (rule 1). Nothing of Electron itself runs here.
 */
const url = pathToFileURL(join(import.meta.dirname, 'electron.ts')).href
registerHooks({
  resolve: (specifier, context, next) =>
    ['electron', 'electron/main'].includes(specifier) ? { url, shortCircuit: true } : next(specifier, context),
})

const [program = '', , appPath = '', ...args] = process.argv
process.env['DOUBLE_NODE'] = program
process.execPath = join(import.meta.dirname, 'electron.sh')
process.argv = [process.execPath, appPath, ...args]
Object.defineProperty(process, 'type', { value: 'browser' })
for (const [name, value] of Object.entries({ electron: '45.4.1', chrome: '156.0.0.0' }))
  Object.defineProperty(process.versions, name, { value, enumerable: true })
// What Node makes an error, Electron's main process only warns of.
process.on('unhandledRejection', (reason) => {
  process.stderr.write(`double: unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}\n`)
  process.exitCode = 70
})

const { openGate } = await import('./app.ts')
const { listenToTest } = await import('./control.ts')
listenToTest()
const { main } = JSON.parse(readFileSync(join(appPath, 'package.json'), 'utf8')) as { main: string }
const late = setTimeout(
  () => {
    const why = 'it waits for ready, which comes only afterwards (deadlock)'
    process.stderr.write(`double: the entry is still being evaluated: ${why}\n`)
    process.exit(71)
  },
  Number(process.env['DOUBLE_LIMIT_MS'] ?? 15_000),
)
await import(pathToFileURL(resolve(appPath, main)).href)
clearTimeout(late)
openGate()
