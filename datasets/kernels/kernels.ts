import type { Kernels } from './requests.ts'
import { twinKernels } from './twin/kernels.ts'
import { wasmKernels } from './wasm.ts'

let shared: Kernels | null = null

/** This thread's kernels: the WASM module where the engine has its SIMD, else the twins. All users share one memory, which never shrinks. */
export function kernels(): Kernels {
  shared ??= wasmKernels() ?? twinKernels()
  return shared
}
