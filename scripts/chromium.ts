import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Finds the browser of the app tests, and installs it from the system's packages where that may be done. */
const names = ['chromium', 'chromium-browser', 'google-chrome']
const installLine = 'apt-get update && apt-get install -y --no-install-recommends chromium'

export function findChromium(env: Readonly<Record<string, string | undefined>>): string | null {
  const asked = env['CHROMIUM']
  if (asked) return isProgram(asked) ? asked : null
  const folders = ['/usr/bin', ...(env['PATH'] ?? '').split(delimiter).filter(Boolean)]
  const places = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return places.find(isProgram) ?? null
}

/** Its path, or the sentence that says what to type. */
export function provideChromium(): { path: string } | { missing: string } {
  const found = findChromium(process.env)
  if (found) return { path: found }
  if (process.env['CHROMIUM']) return { missing: `CHROMIUM names ${process.env['CHROMIUM']}, which is no program` }
  if (process.getuid?.() !== 0 || !hasAptGet())
    return { missing: `the app tests need Chromium; type: sudo sh -c '${installLine}'` }
  console.log(`installing Chromium: ${installLine}`)
  const { status, stdout, stderr } = spawnSync('sh', ['-c', installLine], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  const installed = findChromium(process.env)
  if (status === 0 && installed) return { path: installed }
  return {
    missing: `installing Chromium failed:\n${(stdout + stderr).split('\n').slice(-15).join('\n')}\ntype: ${installLine}`,
  }
}

function hasAptGet(): boolean {
  return spawnSync('apt-get', ['--version']).status === 0
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
