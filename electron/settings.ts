import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

/** What the desktop app remembers of itself, in `<home>/desktop.json`. A file that cannot be understood counts as none. */
const settingsSchema = z.strictObject({
  /** Where the window was; null before the first one. */
  window: z
    .strictObject({
      x: z.int(),
      y: z.int(),
      width: z.int().min(1).max(100_000),
      height: z.int().min(1).max(100_000),
      maximized: z.boolean(),
    })
    .nullable(),
  /** Whether the machine is kept awake while jobs run. */
  keepAwake: z.boolean(),
})
type Settings = z.infer<typeof settingsSchema>
export type WindowState = NonNullable<Settings['window']>

const usual: Settings = { window: null, keepAwake: false }

export class SettingsFile {
  readonly #path: string
  readonly #log: (line: string) => void
  #settings: Settings

  constructor(home: string, log: (line: string) => void) {
    this.#path = join(home, 'desktop.json')
    this.#log = log
    this.#settings = read(this.#path)
  }

  get now(): Readonly<Settings> {
    return this.#settings
  }

  /** They hold from now on. On a disk that takes nothing more they hold until the app ends: no reason to stand in a closing window's way. */
  change(fields: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...fields }
    try {
      this.#write()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      this.#log(`the app's settings could not be kept: ${error.message}`)
    }
  }

  /** Beside and renamed, so that a crash leaves the old ones. */
  #write(): void {
    const fresh = `${this.#path}.new`
    writeFileSync(fresh, `${JSON.stringify(this.#settings, null, 2)}\n`, { mode: 0o600 })
    renameSync(fresh, this.#path)
  }
}

function read(path: string): Settings {
  try {
    return settingsSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (isAbsent || error instanceof SyntaxError || error instanceof z.ZodError) return usual
    throw error
  }
}
