import { compileKernels } from '../scripts/kernels.ts'

/** Vitest's global set-up for the unit tests, which import the kernels' module. */
export function setup(): void {
  compileKernels()
}
