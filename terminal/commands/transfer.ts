import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { HomePaths } from '../../master/host/home.ts'
import { makeVerb, type Context, type Verb } from '../commandLine.ts'
import { exitCodes, Refusal, valueOf } from '../exitCodes.ts'
import { count, size } from '../figures.ts'
import { homeFolder } from '../homeFolder.ts'

/** `export DIR` and `import DIR`: a home as one folder, to be kept elsewhere or taken to another machine. */
export const addExport: Verb = (program, context) => {
  makeVerb(program, 'export', 'copy the home, with what unfinished jobs have done, into one folder')
    .argument('<dir>', 'a folder that does not exist yet')
    .action((dir: string, _options: unknown, command: Command) =>
      withLock(command, context, async (paths) => {
        const { exportHome } = await import('../../master/host/transfer/exportHome.ts')
        const { version } = context
        const { files } = valueOf(await exportHome({ paths, to: resolve(dir), version, now: Date.now() }))
        context.terminal.print(`${resolve(dir)}  ${filesText(files)}`)
      }),
    )
}

export const addImport: Verb = (program, context) => {
  makeVerb(program, 'import', 'make an empty home of what export wrote')
    .argument('<dir>', 'the folder that export wrote')
    .action((dir: string, _options: unknown, command: Command) =>
      withLock(command, context, async (paths) => {
        const { importHome } = await import('../../master/host/transfer/importHome.ts')
        const { files, home } = valueOf(await importHome(paths, resolve(dir)))
        context.terminal.print(`${paths.home}  ${filesText(files)} of ${home}`)
      }),
    )
}

function filesText(files: readonly { bytes: number }[]): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return `${count(files.length)} ${files.length === 1 ? 'file' : 'files'}, ${size(bytes)}`
}

/** Nothing in the home changes meanwhile: its lock is ours, and a host that runs is not disturbed. */
async function withLock(command: Command, context: Context, use: (paths: HomePaths) => Promise<void>): Promise<void> {
  const { openHome } = await import('../hostOptions.ts')
  const { takeLock } = await import('../../master/host/lock.ts')
  const { readHolder } = await import('../../master/host/holder.ts')
  const paths = await openHome(homeFolder(command, context))
  const lock = takeLock(paths.lock)
  if (lock === null) {
    const pid = readHolder(paths.lock)?.pid
    const who = pid === undefined ? 'a host' : `a host (process ${pid})`
    throw new Refusal(
      `cannot ${command.name()} ${paths.home} while ${who} uses it; end that one first`,
      exitCodes.failed,
    )
  }
  try {
    await use(paths)
  } finally {
    lock.release()
  }
}
