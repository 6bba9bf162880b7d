import { app, type App } from 'electron'
import { commandErrorLine, type CommandResult } from '../contract/commandError.ts'
import { prepareHome } from '../master/host/home.ts'
import { openLog } from '../master/host/log.ts'
import { serveInBackground } from './background.ts'
import { Desktop } from './desktop.ts'
import { type LaunchOptions, secondStartSchema } from './launchOptions.ts'
import { becomeMaster } from './mastership.ts'
import { openHere, type Places } from './openHere.ts'
import { askToTakeOver, showTrouble } from './questions.ts'

/** From `ready` to the open window, or to the host without one. */
export interface Run {
  launch: LaunchOptions
  places: Places
  version: string
  devServer: string | null
  starts: Starts
}

/** Files that later starts, or the system, want opened; kept until somebody listens. */
export interface Starts {
  listen(open: (files: readonly string[]) => void): void
}

export function secondStarts(from: Pick<App, 'on'>): Starts {
  const early: (readonly string[])[] = []
  let open: ((files: readonly string[]) => void) | null = null
  const take = (files: readonly string[]) => {
    if (open === null) early.push(files)
    else open(files)
  }
  // Its argv is Chromium's to reorder: what we said ourselves comes last.
  from.on('second-instance', (...told) => take(secondStartSchema.safeParse(told[3]).data?.files ?? []))
  from.on('open-file', (event, path) => {
    event.preventDefault()
    take([path])
  })
  return {
    listen(listener) {
      open = listener
      for (const files of early.splice(0)) listener(files)
    },
  }
}

export async function run({ launch, places, version, devServer, starts }: Run): Promise<void> {
  const paths = await prepareHome(launch.home)
  if (!paths.ok) return refused(paths)
  const { home } = paths.value
  if (launch.background) return await serveInBackground(places, paths.value, version)
  const lock = await becomeMaster({ paths: paths.value, mayTakeFrom: askToTakeOver })
  if (!lock.ok) return refused(lock)
  const { logger } = openLog({ folder: paths.value.logs, name: 'desktop' })
  logger.info({ home, version, ...process.versions }, 'opening')
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

function refused(result: Extract<CommandResult<unknown>, { ok: false }>): void {
  showTrouble(commandErrorLine(result.error))
  app.exit(1)
}
