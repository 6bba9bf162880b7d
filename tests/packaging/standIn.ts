import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { unpackagedFuses, writeFuses } from './fuses.ts'

/**
 * Stands in for Electron's own files where they cannot be had: one folder with the skeletons of all three systems. They hold what
 * packing reads and changes (fuses, property lists, a Windows program's version), and no code.
 */
const helpers = ['', ' (GPU)', ' (Plugin)', ' (Renderer)'].map((suffix) => `Electron Helper${suffix}`)

/** The part of `resedit`, which electron-builder brings, that makes a Windows program to edit. */
interface ResEdit {
  NtExecutable: { createEmpty(is32Bit: boolean, isDll: boolean): Executable }
  NtExecutableResource: { from(executable: Executable): { entries: unknown[]; outputResource(to: Executable): void } }
  Resource: { VersionInfo: { createEmpty(): VersionInfo } }
}

interface Executable {
  generate(): ArrayBuffer
}

interface VersionInfo {
  lang: number
  setStringValues(language: { lang: number; codepage: number }, values: Record<string, string>): void
  outputToResourceEntries(entries: unknown[]): void
}

const american = { lang: 1033, codepage: 1200 }

/** @param builder The folder whose node_modules has electron-builder. */
export function writeStandIn(folder: string, builder: string, version: string): void {
  const program = Buffer.concat([Buffer.from('no program'), writeFuses(unpackagedFuses)])
  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak', 'chrome-sandbox']) write(name, name)
  write('version', version)
  write('electron', program)
  write('electron.exe', windowsProgram(builder))
  writeMacApp((path, content) => write(join('Electron.app/Contents', path), content), program)
}

function writeMacApp(write: (path: string, content: string | Buffer) => void, program: Buffer): void {
  write('Info.plist', propertyList('Electron'))
  write('MacOS/Electron', 'no program')
  write('Frameworks/Electron Framework.framework/Electron Framework', program)
  write('Resources/electron.icns', 'no icon')
  for (const helper of helpers) {
    write(`Frameworks/${helper}.app/Contents/Info.plist`, propertyList(helper))
    write(`Frameworks/${helper}.app/Contents/MacOS/${helper}`, 'no program')
  }
}

function propertyList(program: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>CFBundleExecutable</key><string>${program}</string></dict></plist>
`
}

function windowsProgram(builder: string): Buffer {
  const { NtExecutable, NtExecutableResource, Resource } = createRequire(
    createRequire(join(builder, 'package.json')).resolve('app-builder-lib/package.json'),
  )('resedit') as ResEdit
  const executable = NtExecutable.createEmpty(false, false)
  const resources = NtExecutableResource.from(executable)
  const info = Resource.VersionInfo.createEmpty()
  info.lang = american.lang
  info.setStringValues(american, { ProductName: 'Electron', FileVersion: '1.0' })
  info.outputToResourceEntries(resources.entries)
  resources.outputResource(executable)
  return Buffer.concat([Buffer.from(executable.generate()), writeFuses(unpackagedFuses)])
}
