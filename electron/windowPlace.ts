import type { WindowState } from './settings.ts'

/** Where the window is put: where it was, when enough of it would still be on a screen; otherwise where the system puts it. Pure. */
export interface Area {
  x: number
  y: number
  width: number
  height: number
}

export interface Place {
  x?: number
  y?: number
  width: number
  height: number
}

const usual = { width: 1200, height: 820 }
export const smallest = { width: 640, height: 480 }
/** So much of the title must be visible that it can be taken hold of. */
const graspable = { width: 120, height: 40 }

export function placeOf(was: WindowState | null, screens: readonly Area[]): Place {
  if (was === null) return fit(usual, screens)
  const size = fit(
    { width: Math.max(smallest.width, was.width), height: Math.max(smallest.height, was.height) },
    screens,
  )
  const title = { x: was.x, y: was.y, width: size.width, height: graspable.height }
  return screens.some((screen) => isGraspable(title, screen)) ? { x: was.x, y: was.y, ...size } : size
}

function isGraspable(title: Area, screen: Area): boolean {
  const width = Math.min(title.x + title.width, screen.x + screen.width) - Math.max(title.x, screen.x)
  const height = Math.min(title.y + title.height, screen.y + screen.height) - Math.max(title.y, screen.y)
  return width >= graspable.width && height >= graspable.height
}

/** No larger than the largest screen. */
function fit(size: { width: number; height: number }, screens: readonly Area[]): { width: number; height: number } {
  const width = Math.max(smallest.width, ...screens.map((screen) => screen.width))
  const height = Math.max(smallest.height, ...screens.map((screen) => screen.height))
  return { width: Math.min(size.width, width), height: Math.min(size.height, height) }
}
