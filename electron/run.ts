import { app } from 'electron'
import { commandErrorLine, type CommandResult } from '../contract/commandError.ts'
import { prepareHome } from '../master/host/home.ts'
import { openLog } from '../master/host/log.ts'
import { serveInBackground } from './background.ts'
import { Desktop } from './desktop.ts'
import type { LaunchOptions } from './launchOptions.ts'
import { stopOnBugs } from './bugs.ts'
import { becomeMaster } from './mastership.ts'
import { openHere, type Places } from './openHere.ts'
import { askToTakeOver } from './questions.ts'
import type { Starts } from './secondStarts.ts'

/** From `ready` to the open window, or to the host without one. */
export interface Run {
  launch: LaunchOptions
  places: Places
  version: string
  devServer: string | null
  starts: Starts
  /** Why there will be no app, before it ends: in a box, or in the log of a host without a window. */
  complain: (line: string) => void
}

export async function run({ launch, places, version, devServer, starts, complain }: Run): Promise<void> {
  const paths = await prepareHome(launch.home)
  if (!paths.ok) return refused(paths, complain)
  const { home } = paths.value
  if (launch.background)
    return await serveInBackground({ places, paths: paths.value, mode: 'background', version, tell: complain })
  const lock = await becomeMaster({ paths: paths.value, mayTakeFrom: askToTakeOver })
  if (!lock.ok) return refused(lock, complain)
  const { logger } = openLog({ folder: paths.value.logs, name: 'desktop' })
  logger.info({ home, version, ...process.versions }, 'opening')
  stopOnBugs({
    process,
    log: (bug) => logger.error({ err: bug }, 'a bug'),
    complain,
    exit: (code) => app.exit(code),
  })
  const tell = (sentence: string) => logger.warn(sentence)
  const host = await openHere({ places, paths: paths.value, mode: 'desktop', version, tell }, lock.value)
  const desktop = new Desktop({
    host,
    places,
    paths: paths.value,
    version,
    devServer,
    log: (line) => logger.info(line),
  })
  await desktop.open(launch.files)
  starts.listen((files) => void desktop.reopen(files))
}

function refused({ error }: Extract<CommandResult<unknown>, { ok: false }>, complain: Run['complain']): void {
  complain(commandErrorLine(error))
  app.exit(1)
}
