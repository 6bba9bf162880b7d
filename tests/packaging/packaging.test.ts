import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { provideBuilder } from '../../scripts/builder.ts'
import { walk } from '../harness/importGraph.ts'
import { extract, readAsar, type PackedFile } from './asar.ts'
import { readFuses, unpackagedFuses } from './fuses.ts'
import type { Given } from './packAll.ts'
import { packed, packInto, root, type Packed } from './packed.ts'

/**
 * What electron-builder makes of this tree, for every system, around a stand-in for Electron: what is in the archive, the fuses, file
 * associations and icons, and that what was packed runs. No installer is made and no packed app is started.
 */
const builder = provideBuilder()
const entries = ['main/index.js', 'main/terminal.js', 'main/worker.js', 'main/compute.js', 'preload/index.cjs']
const extensions = ['csv', 'tsv', 'jsonl', 'parquet', 'txt']

let folder = ''
let output = ''
let given: Given[] = []

const at = ({ folder }: Packed, path: string) => join(output, folder, path)
const archive = (app: Packed) => readAsar(at(app, app.asar))
const filesBelow = (path: string) =>
  readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))

/** What is installed for those who only run the app, by the lock file, but for SQLite's binding and what it was compiled with. */
function libraries(): string[] {
  type Locked = { dev?: boolean; optional?: boolean }
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> }
  return Object.entries(lock.packages)
    .filter(([path, { dev, optional }]) => path !== '' && dev !== true && optional !== true)
    .map(([path]) => path)
    .filter((path) => !/\/(better-sqlite3|node-addon-api)$/.test(path))
}

/** Everything that belongs into the archive, found without electron-builder's patterns. */
function wanted({ prebuild }: Packed): string[] {
  const sqlite = 'node_modules/better-sqlite3'
  return [
    'package.json',
    ...filesBelow('out').filter((path) => !path.endsWith('.map') && path !== 'out/.stamp'),
    ...['LICENSE', 'package.json', `prebuilds/${prebuild}.node`].map((name) => `${sqlite}/${name}`),
    ...filesBelow(`${sqlite}/lib`),
    ...libraries().flatMap((path) => filesBelow(path).filter((file) => !/\.(md|ts|map)$/.test(file))),
  ].sort()
}

/** By what Electron checks an archive: the hash of its header. */
function headerHash(asar: string): string {
  const bytes = readFileSync(asar)
  return createHash('sha256')
    .update(bytes.subarray(16, 16 + bytes.readUInt32LE(12)))
    .digest('hex')
}

/** What was packed for this machine, written out. */
function extracted(): string {
  const here = packed.find((app) => app.prebuild === `${process.platform}-${process.arch}`) as Packed
  const tree = join(folder, 'extracted')
  if (!existsSync(tree)) extract(archive(here), tree)
  return tree
}

function gristmill(tree: string, ...args: string[]): unknown {
  const stdout = execFileSync(process.execPath, [join(tree, 'out/main/terminal.js'), ...args, '--json'], {
    cwd: tree,
    env: { ...process.env, GRISTMILL_HOME: join(folder, 'home') },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return JSON.parse(stdout)
}

function describePacked(builderFolder: string): void {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gristmill-packaging-'))
    ;({ output, given } = packInto(folder, builderFolder))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  describe.each(packed)('for $title', (app) => {
    it('the archive holds the build, its manifest and one prebuilt SQLite, and nothing else', () => {
      const paths = archive(app).map(({ path }) => path)
      expect(paths.sort()).toEqual(wanted(app))
    })

    it('every entry is in it, and no map, source, test or Node of the terminal host', () => {
      const paths = archive(app).map(({ path }) => path)
      for (const entry of entries) expect(paths).toContain(`out/${entry}`)
      expect(paths.filter((path) => /\.(map|tsx?)$|\.test\.|node_modules\/node-/.test(path))).toEqual([])
    })

    it('what is packed is byte for byte what was built; only manifests are shortened', () => {
      for (const { path, content } of archive(app).filter((file) => !file.path.endsWith('package.json')))
        expect(content.equals(readFileSync(join(root, path))), path).toBe(true)
    })

    it('only the prebuilt SQLite lies beside the archive, where it can be loaded from', () => {
      const unpacked = archive(app).filter((file) => file.unpacked)
      expect(unpacked.map(({ path }) => path)).toEqual([`node_modules/better-sqlite3/prebuilds/${app.prebuild}.node`])
    })

    it('its manifest starts the desktop app and carries nothing of the tool chain', () => {
      const manifest = archive(app).find((file) => file.path === 'package.json') as PackedFile
      const parsed = JSON.parse(manifest.content.toString()) as Record<string, unknown>
      expect(parsed).toMatchObject({ main: './out/main/index.js', type: 'module', desktopName: 'gristmill.desktop' })
      expect(parsed).not.toHaveProperty('devDependencies')
      expect(parsed).not.toHaveProperty('scripts')
    })

    it('its fuses are set, read back from the program', () => {
      expect(readFuses(readFileSync(at(app, app.fused)))).toEqual({
        runAsNode: false,
        enableCookieEncryption: true,
        enableNodeOptionsEnvironmentVariable: false,
        enableNodeCliInspectArguments: false,
        enableEmbeddedAsarIntegrityValidation: true,
        onlyLoadAppFromAsar: true,
        loadBrowserProcessSpecificV8Snapshot: false,
        grantFileProtocolExtraPrivileges: false,
        wasmTrapHandlers: unpackagedFuses.wasmTrapHandlers,
      })
    })
  })

  describe('on Linux', () => {
    const ofTarget = (target: Given['target']) => given.filter((one) => one.target === target)

    it('both targets offer themselves for the associated types and keep the sandbox', () => {
      expect(ofTarget('AppImage')).toHaveLength(2)
      expect(ofTarget('deb')).toHaveLength(2)
      for (const { desktop } of given) {
        expect(desktop).toContain('MimeType=text/csv;text/tab-separated-values;application/jsonl;')
        expect(desktop).toContain('application/vnd.apache.parquet;text/plain;\n')
        expect(desktop).toMatch(/^Exec=\S+ %U$/m)
        expect(desktop).toContain('StartupWMClass=gristmill\n')
        expect(desktop).not.toContain('--no-sandbox')
      }
    })

    it('a deb declares the types by their extensions and brings icons of every size', () => {
      for (const { args, files } of ofTarget('deb')) {
        for (const extension of extensions)
          expect(files['/usr/share/mime/packages/gristmill.xml']).toContain(`<glob pattern="*.${extension}"/>`)
        const icons = args.filter((arg) => arg.endsWith('/apps/gristmill.png'))
        const sizes = icons.map((arg) => Number(/(\d+)x\d+\/apps/.exec(arg)?.[1]))
        expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256, 512, 1024])
      }
    })

    it('a deb names the maintainers that the licence names, and the homepage of who makes it', () => {
      const holders = /^Copyright \(c\) \d+ (.+)$/m.exec(readFileSync(join(root, 'LICENSE'), 'utf8'))?.[1]
      for (const { args } of ofTarget('deb')) {
        expect(args[args.indexOf('--maintainer') + 1]).toBe(holders)
        expect(args[args.indexOf('--url') + 1]).toBe('https://gristmill.invalid')
      }
      const parsed = JSON.parse(readFileSync(join(extracted(), 'package.json'), 'utf8')) as object
      expect(parsed).toMatchObject({ author: { name: holders } })
    })

    it('a deb brings the AppArmor profile by which Ubuntu lets the sandbox work, and loads it', () => {
      for (const { files } of ofTarget('deb')) expect(files['after-install']).toContain('apparmor_parser --replace')
      for (const app of packed.filter((one) => one.prebuild.startsWith('linux'))) {
        const profile = readFileSync(at(app, 'resources/apparmor-profile'), 'utf8')
        expect(profile).toContain('"/opt/Gristmill/gristmill" flags=(unconfined)')
        expect(profile).toContain('userns,')
      }
    })
  })

  describe.each(packed.filter((app) => app.prebuild.startsWith('darwin')))('on $title', (app) => {
    const contents = 'Gristmill.app/Contents'
    const plist = () => readFileSync(at(app, `${contents}/Info.plist`), 'utf8')

    it('the app is an alternate viewer of each associated type, never their owner', () => {
      const typesOf = plist().matchAll(/<key>CFBundleTypeExtensions<\/key>\s*<array>\s*<string>(\w+)/g)
      expect([...typesOf].map(([, extension]) => extension)).toEqual(extensions)
      const ranks = [...plist().matchAll(/<key>LSHandlerRank<\/key>\s*<string>(\w+)/g)].map(([, rank]) => rank)
      expect(ranks).toEqual(extensions.map(() => 'Alternate'))
    })

    it('its property list holds the archive’s hash and the app’s own icon and name', () => {
      expect(plist()).toContain(`<string>${headerHash(at(app, app.asar))}</string>`)
      expect(plist()).toContain('<string>app.gristmill.desktop</string>')
      const icon = readFileSync(at(app, `${contents}/Resources/icon.icns`))
      expect(icon.equals(readFileSync(join(root, 'resources/icons/gristmill.icns')))).toBe(true)
    })
  })

  describe.each(packed.filter((app) => app.prebuild.startsWith('win32')))('on $title', (app) => {
    it('the program holds the archive’s hash and the app’s own icon', () => {
      const program = readFileSync(at(app, app.fused))
      expect(program.includes(headerHash(at(app, app.asar)))).toBe(true)
      expect(program.includes(readFileSync(join(root, 'resources/icons/256x256.png')))).toBe(true)
    })
  })

  it('no script of the archive imports what is not in it, except Node’s own modules and Electron', () => {
    for (const entry of entries) {
      const { files, packages } = walk(join(extracted(), 'out', entry))
      for (const file of files) expect(existsSync(file), file).toBe(true)
      const foreign = [...packages].filter((name) => !isBuiltin(name) && !/^electron(\/|$)/.test(name))
      expect(foreign.filter((name) => !existsSync(join(extracted(), 'node_modules', name, 'package.json')))).toEqual([])
    }
  })

  it('what is packed for this machine runs: a job over several tasks, from the archive’s files alone', () => {
    const tree = extracted()
    const sample = join(root, 'resources/samples/words.txt')
    const ran = gristmill(tree, 'run', 'word-count', sample, '--split', '64K', '--out', join(folder, 'results'))
    expect(ran).toMatchObject({ job: { state: 'succeeded', tasks: { failed: 0, unfinished: 0 } } })
    expect((ran as { job: { tasks: { succeeded: number } } }).job.tasks.succeeded).toBeGreaterThan(4)
  })
}

if ('missing' in builder) {
  it('the app as it is packed, where electron-builder cannot be fetched', (test) => test.skip(builder.missing))
} else {
  describe('the app as it is packed', () => describePacked(builder.folder))
}

it('Windows’ installer lists the app for the same types, and takes none over', () => {
  const script = readFileSync(join(root, 'resources/installer.nsh'), 'utf8')
  const named = (macro: string) => [...script.matchAll(new RegExp(`!insertmacro ${macro} "(\\w+)"`, 'g'))]
  expect(named('gristmillOffer').map(([, extension]) => extension)).toEqual(extensions)
  expect(named('gristmillWithdraw').map(([, extension]) => extension)).toEqual(extensions)
  expect(script).not.toMatch(/WriteRegStr \S+ "Software\\Classes\\\.[^"\\]*" ""/)
})
