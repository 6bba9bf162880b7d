import { invariant } from '../../../contract/invariant.ts'
import type { Kernels } from '../requests.ts'
import { twinKernels } from '../twin/kernels.ts'
import { wasmKernels } from '../wasm.ts'

/** Both implementations, each with a memory of its own. */
export function bothKernels(): [wasm: Kernels, twin: Kernels] {
  const wasm = wasmKernels()
  invariant(wasm !== null, 'these tests need an engine with WASM SIMD')
  return [wasm, twinKernels()]
}
