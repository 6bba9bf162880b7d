import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const at = (path: string) => resolve(import.meta.dirname, path)
/** Tests build trees of their own into folders of their own. */
const out = resolve(process.env['GRISTMILL_OUT'] ?? at('out'))

export default defineConfig({
  main: {
    build: {
      outDir: resolve(out, 'main'),
      sourcemap: true,
      rolldownOptions: {
        input: {
          index: at('electron/main.ts'),
          terminal: at('terminal/main.ts'),
          worker: at('workers/worker.ts'),
          compute: at('workers/compute.ts'),
          storeWriter: at('master/store/writerThread.ts'),
          storeReader: at('master/store/readerThread.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  // A sandboxed preload is one file of CommonJS that may require Electron only.
  preload: {
    build: {
      outDir: resolve(out, 'preload'),
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('renderer'),
    plugins: [react(), tailwindcss()],
    build: { outDir: resolve(out, 'renderer'), minify: true, rolldownOptions: { input: at('renderer/index.html') } },
  },
})
