import { join } from 'node:path'
import { app, protocol } from 'electron'
import { version } from '../package.json' with { type: 'json' }
import { commandErrorLine } from '../contract/commandError.ts'
import { appSchemePrivileges } from './appProtocol.ts'
import { ownArguments, readLaunch } from './launchOptions.ts'
import type { Places } from './openHere.ts'
import { makeOwnFolder } from './ownFolder.ts'
import { showTrouble } from './questions.ts'
import { run } from './run.ts'
import { secondStarts } from './secondStarts.ts'

/**
 * The entry of the desktop host, built to out/main/index.js. It only wires: what stands where, what must be said before the app is ready,
 * and what runs once it is. Nothing here may wait for `ready` while this module is evaluated: Electron tells it only afterwards.
 */
const here = import.meta.dirname
const places: Places = {
  worker: join(here, 'worker.js'),
  storeWriter: join(here, 'storeWriter.js'),
  storeReader: join(here, 'storeReader.js'),
  renderer: join(here, '../renderer'),
  preload: join(here, '../preload/index.cjs'),
}
const launch = readLaunch({
  args: ownArguments(process.argv, app.isPackaged),
  cwd: process.cwd(),
  env: process.env,
})

// Nobody sits before a host without a window; whoever started it has led this to a log of the home.
const note = (line: string) => void process.stderr.write(`gristmill: ${line}\n`)
const complain = launch.background ? note : showTrouble
const fail = (line: string, exitCode = 1): void => {
  complain(line)
  app.exit(exitCode)
}

app.enableSandbox()
protocol.registerSchemesAsPrivileged([appSchemePrivileges])
const own = makeOwnFolder(launch)
if (own.ok) start(own.value)
else fail(commandErrorLine(own.error), 2)

function start(userData: string): void {
  app.setPath('userData', userData)
  if (!launch.background && !app.requestSingleInstanceLock({ files: launch.files })) return app.quit()
  const starts = secondStarts(app)
  const devServer = app.isPackaged ? null : (process.env['ELECTRON_RENDERER_URL'] ?? null)
  app
    .whenReady()
    .then(() => run({ launch, places, version, devServer, starts, complain }))
    .catch((error: unknown) => {
      fail(`Gristmill could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
    })
}
