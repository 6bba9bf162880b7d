import { findElectron } from './electronBinary.ts'
import { root, runStep, tell } from './steps.ts'

/** The desktop specs on a real Electron, where there is one; otherwise one line that says why not, and counts as skipped. */
const screenless = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']
const found = findElectron(root, process.env)
if ('missing' in found) {
  console.log(`SKIPPED  desktop tests on Electron: ${found.missing}`)
  console.log('0 passed, 0 failed, 1 skipped')
} else if (screenless) {
  console.log('SKIPPED  desktop tests on Electron: no display; type: xvfb-run -a npm run test:electron')
  console.log('0 passed, 0 failed, 1 skipped')
} else {
  const result = await runStep({
    name: 'electron tests',
    command: [
      'playwright',
      'test',
      '--config=playwright.desktop.config.ts',
      '--reporter=line',
      '--grep-invert=@double',
    ],
    env: { GRISTMILL_ELECTRON: found.path },
    limitMs: 20 * 60_000,
  })
  tell(result)
  process.exitCode = result.ok ? 0 : 1
}
