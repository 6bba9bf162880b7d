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
  #settings: Settings

  constructor(home: string) {
    this.#path = join(home, 'desktop.json')
    this.#settings = read(this.#path)
  }

  get now(): Readonly<Settings> {
    return this.#settings
  }

  /** Written beside and renamed, so that a crash leaves the old ones. */
  change(fields: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...fields }
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
