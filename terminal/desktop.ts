import type { ElectronProgram } from './electronProgram.ts'

/** Decides how bare `gristmill` opens the app. Pure: what is so here comes in, what to do goes out. */
export interface Surroundings {
  electron: ElectronProgram
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  /** On Linux Chromium's sandbox refuses to run as root. */
  root: boolean
  /** Whether stdout is a terminal, so that somebody sees that something is being fetched. */
  terminal: boolean
  /** Why fetching Electron failed just now; null when it was not tried. */
  fetchFailed: string | null
}

export type Choice =
  | { open: 'desktop'; program: string; flags: readonly string[]; note: string | null }
  | { open: 'fetch'; installer: string; note: string }
  /** `screen` is false where no browser could show itself either. */
  | { open: 'browser'; why: string; screen: boolean }

export function chooseDesktop(here: Surroundings): Choice {
  const { electron } = here
  if (!hasScreen(here)) return { open: 'browser', why: 'no display found', screen: false }
  if (electron.found) {
    const unboxed = here.root && here.platform === 'linux'
    return {
      open: 'desktop',
      program: electron.program,
      flags: unboxed ? ['--no-sandbox'] : [],
      note: unboxed ? 'running as root, so the desktop app runs without its sandbox (--no-sandbox)' : null,
    }
  }
  if (here.fetchFailed !== null) return { open: 'browser', why: here.fetchFailed, screen: true }
  if (electron.fetch !== null && mayFetch(here)) {
    const { installer, version } = electron.fetch
    const note = `fetching Electron ${version} for the desktop app, once, about 120 MB; GRISTMILL_NO_DOWNLOAD=1 forbids it`
    return { open: 'fetch', installer, note }
  }
  return { open: 'browser', why: electron.why, screen: true }
}

function hasScreen({ platform, env }: Surroundings): boolean {
  return platform !== 'linux' || isSet(env['DISPLAY']) || isSet(env['WAYLAND_DISPLAY'])
}

function mayFetch({ env, terminal }: Surroundings): boolean {
  return terminal && !isOn(env['CI']) && !isOn(env['GRISTMILL_NO_DOWNLOAD'])
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}

/** People write CI=false and mean it. */
function isOn(value: string | undefined): boolean {
  return isSet(value) && value !== '0' && value !== 'false'
}
