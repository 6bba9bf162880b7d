import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Given } from './packAll.ts'
import { writeStandIn } from './standIn.ts'

/** The app as it was packed for one system and processor. */
export interface Packed {
  title: string
  /** The name of its prebuilt SQLite. */
  prebuild: string
  folder: string
  /** Relative to the folder, like the rest. */
  asar: string
  /** The file whose fuses Electron reads. */
  fused: string
}

export const root = resolve(import.meta.dirname, '../..')

const linux = { asar: 'resources/app.asar', fused: 'gristmill' }
const windows = { asar: 'resources/app.asar', fused: 'Gristmill.exe' }
const mac = {
  asar: 'Gristmill.app/Contents/Resources/app.asar',
  fused: 'Gristmill.app/Contents/Frameworks/Electron Framework.framework/Electron Framework',
}

export const packed: readonly Packed[] = [
  { title: 'Linux x64', prebuild: 'linux-x64', folder: 'linux-unpacked', ...linux },
  { title: 'Linux arm64', prebuild: 'linux-arm64', folder: 'linux-arm64-unpacked', ...linux },
  { title: 'Windows x64', prebuild: 'win32-x64', folder: 'win-unpacked', ...windows },
  { title: 'Windows arm64', prebuild: 'win32-arm64', folder: 'win-arm64-unpacked', ...windows },
  { title: 'macOS x64', prebuild: 'darwin-x64', folder: 'mac', ...mac },
  { title: 'macOS arm64', prebuild: 'darwin-arm64', folder: 'mac-arm64', ...mac },
]

/** Packs all of them into `folder`/packed, in a process of its own. */
export function packInto(folder: string, builder: string): { output: string; given: Given[] } {
  const [standIn, output] = [join(folder, 'electron'), join(folder, 'packed')]
  mkdirSync(output)
  writeStandIn(standIn, builder, electronVersion())
  execFileSync(process.execPath, [join(import.meta.dirname, 'packAll.ts'), builder, standIn, output], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return { output, given: JSON.parse(readFileSync(join(output, 'given.json'), 'utf8')) as Given[] }
}

function electronVersion(): string {
  const manifest = readFileSync(join(root, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { devDependencies: { electron: string } }).devDependencies.electron
}
