import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { TaskFailure } from '../../contract/run.ts'

/** Where a program is and what it gets of this process's surroundings. */

const endings = process.platform === 'win32' ? ['', '.exe', '.com'] : ['']

/** The file that a name stands for. A job whose program is nowhere fails at once instead of item by item. */
export function findProgram(name: string, env: NodeJS.ProcessEnv): string {
  const folders = isAbsolute(name) ? [''] : (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  for (const folder of folders)
    for (const ending of endings) {
      const path = `${folder === '' ? name : join(folder, name)}${ending}`
      if (isProgram(path)) return path
    }
  const where = isAbsolute(name) ? 'no file there that may be run' : 'no such program on the PATH'
  throw new TaskFailure('refused-input', `cannot run ${name}: there is ${where}`)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}

/** What a worker has, without what is only its own affair; and the item's number, as GNU parallel gives it. */
export function environmentOf(env: NodeJS.ProcessEnv, item: number): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !/^(?:GRISTMILL|NODE)_/.test(name))
  return { ...Object.fromEntries(others), PARALLEL_SEQ: String(item) }
}
