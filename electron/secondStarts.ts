import { secondStartSchema } from './launchOptions.ts'

/** Files that later starts, or the system, want opened; kept until somebody listens. */
export interface Starts {
  listen(open: (files: readonly string[]) => void): void
}

/** What is heard of Electron's `app`. */
interface StartedApp {
  on(event: 'second-instance', listener: (...told: unknown[]) => void): unknown
  on(event: 'open-file', listener: (event: { preventDefault(): void }, path: string) => void): unknown
}

export function secondStarts(from: StartedApp): Starts {
  const early: (readonly string[])[] = []
  let open: ((files: readonly string[]) => void) | null = null
  const take = (files: readonly string[]) => {
    if (open === null) early.push(files)
    else open(files)
  }
  // Its argv is Chromium's to reorder: what we said ourselves comes last.
  from.on('second-instance', (...told) => take(secondStartSchema.safeParse(told[3]).data?.files ?? []))
  from.on('open-file', (event, path) => {
    event.preventDefault()
    take([path])
  })
  return {
    listen(listener) {
      open = listener
      for (const files of early.splice(0)) listener(files)
    },
  }
}
