import { resolve } from 'node:path'
import { runnerImport } from 'vite'

/** `node bench/kernels.ts`: what each kernel does in a second beside its twin, on this machine. Vite loads the module as the build does. */
await runnerImport(resolve(import.meta.dirname, 'kernelRates.ts'))
