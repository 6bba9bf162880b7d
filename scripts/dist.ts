import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { provideBuilder } from './builder.ts'
import { distArguments } from './distArguments.ts'
import { root } from './steps.ts'

/**
 * `npm run dist`: builds, then packs this system's installers into dist/ with electron-builder, by electron-builder.yml. Arguments go
 * to electron-builder (`npm run dist -- --linux deb --arm64`). Nothing is ever published from here.
 */
function run(script: string, ...args: string[]): number {
  return spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' }).status ?? 1
}

function dist(): number {
  const builder = provideBuilder()
  if ('missing' in builder) {
    console.error(`gristmill: cannot pack: ${builder.missing}; try again with a network`)
    return 1
  }
  const built = run(join(root, 'scripts/build.ts'))
  if (built !== 0) return built
  const cli = join(builder.folder, 'node_modules/electron-builder/cli.js')
  const { args, note } = distArguments({ args: process.argv.slice(2), platform: process.platform, env: process.env })
  if (note !== null) console.error(`gristmill: ${note}`)
  return run(cli, ...args)
}

process.exitCode = dist()
