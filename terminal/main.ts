import { join } from 'node:path'
import { armCrashPoint } from '../contract/crashPoint.ts'

/**
 * The entry of the terminal host, built to out/main/terminal.js. It only wires: what stands where, and the program. Everything else is
 * imported after the check below, because some libraries end an older Node without a word.
 */
const oldestNode = 24

if (Number.parseInt(process.versions.node, 10) < oldestNode) {
  process.stderr.write(
    `gristmill: needs Node ${oldestNode} or newer, this is ${process.versions.node}; install it or use bin/gristmill\n`,
  )
  process.exitCode = 1
} else {
  armCrashPoint(process.env['GRISTMILL_CRASH_AT'], () => process.kill(process.pid, 'SIGKILL'))
  const { start } = await import('./start.ts')
  const here = import.meta.dirname
  await start({
    entry: join(here, 'terminal.js'),
    worker: join(here, 'worker.js'),
    storeWriter: join(here, 'storeWriter.js'),
    storeReader: join(here, 'storeReader.js'),
    renderer: join(here, '../renderer'),
  })
}
