import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

/** What the bundler makes of `x.wasm?url&inline`, for processes of tests that run the source itself: an address that holds the module. */
const suffix = '.wasm?url&inline'

registerHooks({
  load(url, context, next) {
    if (!url.endsWith(suffix)) return next(url, context)
    const module = readFileSync(fileURLToPath(url.slice(0, url.indexOf('?')))).toString('base64')
    const source = `export default ${JSON.stringify(`data:application/wasm;base64,${module}`)}`
    return { format: 'module', shortCircuit: true, source }
  },
})
