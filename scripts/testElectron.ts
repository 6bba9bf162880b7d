import { join } from 'node:path'
import { findElectron } from '../terminal/electronProgram.ts'
import { root, runStep, tell } from './steps.ts'

/** The desktop specs on a real Electron, where there is one; otherwise one line that says why not, and counts as skipped. */
const screenless = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']
const electron = findElectron({ from: join(root, 'package.json'), env: process.env, platform: process.platform })
if (!electron.found) {
  console.log(`SKIPPED  desktop tests on Electron: ${electron.why}; type: npx install-electron --no`)
  console.log('0 passed, 0 failed, 1 skipped')
} else if (screenless) {
  console.log('SKIPPED  desktop tests on Electron: no display; type: xvfb-run -a npm run test:electron')
  console.log('0 passed, 0 failed, 1 skipped')
} else {
  const result = await runStep({
    name: 'electron tests',
    command: ['playwright', 'test', '--config=playwright.desktop.config.ts', '--reporter=line'],
    env: { GRISTMILL_ELECTRON: electron.program },
    limitMs: 20 * 60_000,
  })
  tell(result)
  process.exitCode = result.ok ? 0 : 1
}
