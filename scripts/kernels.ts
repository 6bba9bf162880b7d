import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, renameSync, statSync, utimesSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

/**
 * Compiles datasets/kernels/assembly/*.as.ts (AssemblyScript) to datasets/kernels/kernels.wasm when a source is newer. The module
 * carries the instant at which its compilation started, and appears under its name when it is whole, so that any number of builds and
 * test runs may do this at once.
 */
const require = createRequire(import.meta.url)
const folder = resolve(import.meta.dirname, '../datasets/kernels')
const entry = join(folder, 'assembly/kernels.as.ts')
const compiled = join(folder, 'kernels.wasm')

/** Without a runtime the module has no memory until the first growth. The warning is about exports that stay inside the module. */
const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--disableWarning', '112']

/** Throws with the compiler's words. */
export function compileKernels(): void {
  // A source that changed meanwhile is met by the second round.
  for (let round = 0; round < 2 && isStale(); round++) compile()
}

function isStale(): boolean {
  if (!existsSync(compiled)) return true
  const { mtimeMs } = statSync(compiled)
  const sources = join(folder, 'assembly')
  return [sources, ...readdirSync(sources).map((name) => join(sources, name))].some(
    (path) => statSync(path).mtimeMs > mtimeMs,
  )
}

function compile(): void {
  const startedAt = new Date()
  const fresh = join(folder, `kernels.${process.pid}.wasm`)
  const compiler = require.resolve('assemblyscript/bin/asc.js')
  const { status, stderr } = spawnSync(process.execPath, [compiler, entry, '-o', fresh, ...flags], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`compiling ${entry} failed:\n${stderr}`)
  utimesSync(fresh, startedAt, startedAt)
  renameSync(fresh, compiled)
}

if (import.meta.main) compileKernels()
