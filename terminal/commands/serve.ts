import { resolve } from 'node:path'
import type { Command } from 'commander'
import { makeVerb, type Context, type Verb } from '../commandLine.ts'
import { exitCodes, Refusal } from '../exitCodes.ts'
import { homeFolder } from '../homeFolder.ts'
import { parseCount } from '../size.ts'

interface Options {
  port: string
  root?: string[]
  background?: boolean
  standby?: boolean
  takeover?: boolean
  open?: boolean
}

/** `serve`: the home's host with the dashboard in a browser; it finishes unfinished jobs. */
export const addServe: Verb = (program, context) => {
  makeVerb(program, 'serve', 'the dashboard in a browser, on this machine only')
    .option('--port <n>', 'port on 127.0.0.1 (default: any free one)', '0')
    .option('--root <dir...>', 'folders whose files the dashboard may list and read')
    .option('--background', 'end when nothing is to do and nobody is connected for 20 s')
    .option('--standby', 'wait for the lock and take over when its holder ends')
    .option('--takeover', 'end whoever holds the lock, then take over')
    .option('--open', 'open the browser')
    .action(async (options: Options, command: Command) => context.end(await serve(options, command, context)))
}

const idleMs = 20_000

export async function serve(options: Options, command: Command, context: Context): Promise<number> {
  const standby = options.takeover === true ? 'takeover' : options.standby === true ? 'wait' : false
  if (standby !== false && options.background === true)
    throw new Refusal('--background excludes --standby and --takeover')
  const port = parseCount(options.port, [0, 65_535])
  if (port === undefined) throw new Refusal(`--port takes 0 to 65535, not '${options.port}'`)
  const { serveDashboard } = await import('../serving.ts')
  await serveDashboard({
    home: homeFolder(command, context),
    roots: await realFolders(options.root ?? []),
    port,
    standby,
    endWhenIdleMs: options.background === true ? idleMs : null,
    open: options.open ?? false,
    context,
  })
  return exitCodes.succeeded
}

/** After realpath, as the host compares them. */
async function realFolders(folders: readonly string[]): Promise<string[]> {
  const { realpath, stat } = await import('node:fs/promises')
  return Promise.all(
    folders.map(async (folder) => {
      const real = await realpath(resolve(folder)).catch((error: Error) => {
        throw new Refusal(`cannot use --root ${folder}: ${error.message}`)
      })
      if (!(await stat(real)).isDirectory()) throw new Refusal(`cannot use --root ${folder}: it is no folder`)
      return real
    }),
  )
}
