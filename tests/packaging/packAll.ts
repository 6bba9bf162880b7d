import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * A program: packs the app for every system and processor with electron-builder and electron-builder.yml, around the stand-in, into a
 * folder. The last step of an AppImage and a deb needs tools that are fetched; what would be given to them is written down instead, in
 * given.json. Arguments: the folder with electron-builder, the stand-in, the folder to pack into.
 */
export interface Given {
  target: 'AppImage' | 'deb'
  /** The desktop entry that it would install. */
  desktop: string
  /** What fpm would be told; empty for an AppImage. */
  args: string[]
  /** The text of each file that fpm would put in a place of its own or run, by that place. */
  files: Record<string, string>
}

interface ElectronBuilder {
  build(this: void, options: object): Promise<string[]>
  Arch: { x64: number; arm64: number }
  Platform: Record<'LINUX' | 'MAC' | 'WINDOWS', object>
}

const root = resolve(import.meta.dirname, '../..')

/** An AppImage passes an object, a deb its arguments. The files are temporary, so they are read at once. */
function describe(options: unknown): Given {
  if (!Array.isArray(options)) {
    const { desktop } = options as { desktop: string }
    return { target: 'AppImage', desktop, args: [], files: {} }
  }
  const [args, desktopFile] = options as [string[], string]
  const placed = args.flatMap((arg) => {
    const [from = '', to = ''] = arg.split('=')
    return /\.(xml|desktop)$/.test(to) ? [[to, readFileSync(from, 'utf8')] as const] : []
  })
  const afterInstall = readFileSync(args[args.indexOf('--after-install') + 1] ?? '', 'utf8')
  const files = Object.fromEntries([...placed, ['after-install', afterInstall] as const])
  return { target: 'deb', desktop: readFileSync(desktopFile, 'utf8'), args, files }
}

async function packAll([builder, standIn, output]: [string, string, string]): Promise<void> {
  const path = createRequire(join(builder, 'package.json')).resolve('electron-builder')
  const { build, Arch, Platform } = (await import(pathToFileURL(path).href)) as ElectronBuilder
  const both = (targets: string[]) => new Map([Arch.x64, Arch.arm64].map((arch) => [arch, targets]))
  const given: Given[] = []
  await build({
    projectDir: root,
    publish: 'never',
    targets: new Map([
      [Platform.LINUX, both(['AppImage', 'deb'])],
      [Platform.WINDOWS, both(['dir'])],
      [Platform.MAC, both(['dir'])],
    ]),
    // A deb must name one, and what is packed here is never published.
    config: {
      electronDist: standIn,
      directories: { output },
      extraMetadata: { homepage: 'https://gristmill.invalid' },
    },
    // What it answers ends the step.
    effectiveOptionComputed: (options: unknown) => Promise.resolve(given.push(describe(options)) > 0),
  })
  writeFileSync(join(output, 'given.json'), JSON.stringify(given))
}

await packAll(process.argv.slice(2) as [string, string, string])
