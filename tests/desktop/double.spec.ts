import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Chromium } from './chromium.ts'
import { expect, test } from './desktop.ts'

/**
 * The double is worth what it refuses: each of its rules has an app that breaks it here, and that would run on a lenient one. Every app
 * ends itself with 0 when nobody stops it.
 */
const start = join(import.meta.dirname, 'double/start.ts')

async function runApp(main: string, files: Record<string, string> = {}, env: NodeJS.ProcessEnv = {}) {
  const started = await startApp(main, files, env)
  return await started.ended
}

async function startApp(main: string, files: Record<string, string> = {}, env: NodeJS.ProcessEnv = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'gristmill-bad-app-'))
  const all = { 'package.json': '{"main":"main.mjs"}', 'main.mjs': main, ...files }
  for (const [name, text] of Object.entries(all)) await writeFile(join(folder, name), text)
  const child = spawn(process.execPath, [start, folder], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, FORCE_COLOR: '0', DOUBLE_LIMIT_MS: '700', ...env },
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')))
  const end = async () => {
    const [code] = (await once(child, 'close')) as [number | null]
    await rm(folder, { recursive: true })
    return { code, said }
  }
  return { ended: end() }
}

const whenReady = (body: string, imports = 'app') =>
  `import { ${imports} } from 'electron'\nimport { join } from 'node:path'\nconst here = import.meta.dirname
app.whenReady().then(async () => { ${body} }).then(() => app.exit(0), (error) => { console.error(String(error)); app.exit(9) })`

test('an app that keeps the rules runs', async () => {
  expect(await runApp(whenReady(''))).toEqual({ code: 0, said: '' })
})

test('rule 1: an entry that waits for ready while it is evaluated never gets it', async () => {
  const { code, said } = await runApp("import { app } from 'electron'\nawait app.whenReady()\napp.exit(0)")
  expect(code).toBe(71)
  expect(said).toContain('deadlock')
})

test('rule 2: flags that Electron drops are refused, and those that it takes reach the process', async () => {
  const forks = (flag: string) =>
    whenReady(
      `const worker = utilityProcess.fork(join(here, 'worker.mjs'), [], { stdio: ['ignore', 'ignore', 'pipe'], execArgv: ['${flag}'] })
       const done = Promise.withResolvers(); worker.on('message', (flags) => { console.log(flags); done.resolve() }); await done.promise`,
      'app, utilityProcess',
    )
  const worker = {
    'worker.mjs': 'process.parentPort.postMessage(process.execArgv.join(" ")); setInterval(() => {}, 1000)',
  }
  expect((await runApp(forks('--max-old-space-size=64'), worker)).said).toContain(
    'Electron drops --max-old-space-size=64',
  )
  expect((await runApp(forks('--js-flags=--max-old-space-size=64'), worker)).said).toContain(' --max-old-space-size=64')
})

test.describe('in a utility process', () => {
  /** The app tells what its worker says first, and with which code it ends. */
  const withWorker = (worker: string, body = '') =>
    runApp(
      whenReady(
        `const worker = utilityProcess.fork(join(here, 'worker.mjs'), [], { stdio: ['ignore', 'ignore', 'pipe'] })
         worker.stderr.on('data', (bytes) => process.stdout.write(bytes)); worker.on('message', (said) => console.log('said', said))
         ${body}
         await new Promise((resolve) => worker.on('exit', (code) => { console.log('exit', code); setTimeout(resolve, 100) }))`,
        'app, utilityProcess',
      ),
      { 'worker.mjs': worker },
    )

  test('rule 3: Node’s own channel is not there', async () => {
    const { said } = await withWorker(
      "process.parentPort.postMessage(typeof process.send); process.on('message', () => {})",
    )
    expect(said).toContain('said undefined')
    expect(said).toContain('hears of messages by process.parentPort')
  })

  test('rule 3: an unhandled rejection does not end the process', async () => {
    const worker =
      "Promise.reject(new Error('lost')); setTimeout(() => { process.parentPort.postMessage('alive'); process.exit(4) }, 100)"
    expect((await withWorker(worker)).said).toMatch(/lost[\s\S]*said alive[\s\S]*exit 4/)
  })

  test('rule 3: what came before anybody listened is kept, as an event with data', async () => {
    const worker =
      "setTimeout(() => process.parentPort.on('message', ({ data, ports }) => { process.parentPort.postMessage(`${data} ${ports.length}`); process.exit(0) }), 100)"
    expect((await withWorker(worker, "worker.postMessage('early')")).said).toContain('said early 0')
  })

  test('rule 4: shared memory, functions and things that are no ports cross no process', async () => {
    const body = `for (const bad of [{ memory: new SharedArrayBuffer(8) }, new Uint8Array(new SharedArrayBuffer(8)), () => 1])
      try { worker.postMessage(bad) } catch (error) { console.log('refused', error.message) }
      try { worker.postMessage(1, [new ArrayBuffer(8)]) } catch (error) { console.log('refused', error.message) }
      worker.postMessage(Buffer.from('x'))`
    const worker =
      "process.parentPort.on('message', ({ data }) => { process.parentPort.postMessage(data.constructor.name); try { process.parentPort.postMessage({ memory: new SharedArrayBuffer(8) }) } catch { process.exit(5) } })"
    const { said } = await withWorker(worker, body)
    expect(said.match(/refused/g)).toHaveLength(4)
    expect(said).toMatch(/said Uint8Array[\s\S]*exit 5/)
  })

  test('rule 5: kill() before the start does nothing, pid is there while it runs, and a killed one ends with 0', async () => {
    const body = `console.log('early', worker.kill(), worker.pid); worker.on('spawn', () => { console.log(typeof worker.pid, worker.kill()) })
      worker.on('exit', () => setImmediate(() => console.log('late', worker.pid, worker.stderr)))`
    const { said } = await withWorker('setInterval(() => {}, 1000)', body)
    expect(said).toContain('early false undefined')
    expect(said).toMatch(/number true[\s\S]*exit 0[\s\S]*late undefined null/)
  })
})

test('rule 6: what must be said before ready, or after it, is refused at the other time', async () => {
  const late = ['app.enableSandbox()', "protocol.registerSchemesAsPrivileged([{ scheme: 'x' }])"]
  for (const call of late)
    expect((await runApp(whenReady(call, 'app, protocol'))).said).toContain('before app is ready')
  const early = [
    'new BrowserWindow({ webPreferences: {} })',
    'session.defaultSession',
    "utilityProcess.fork('/x')",
    'screen.getAllDisplays()',
  ]
  for (const call of early) {
    const { said } = await runApp(
      `import { app, BrowserWindow, screen, session, utilityProcess } from 'electron'\n${call}`,
    )
    expect(said, call).toContain('cannot be called before app is ready')
  }
})

test.describe('in a window', () => {
  const safe = 'sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true'
  const permissions = (granted: boolean) => `const { defaultSession } = session
    defaultSession.setPermissionRequestHandler((contents, name, answer) => answer(${granted}))
    defaultSession.setPermissionCheckHandler(() => ${granted}); defaultSession.setDevicePermissionHandler(() => ${granted})`
  /** It ends once its preload has said something. */
  const windowApp = ({ first = permissions(false), after = '', preferences = safe }) =>
    `import { app, BrowserWindow, ipcMain, Menu, MessageChannelMain, protocol, session } from 'electron'
     import { join } from 'node:path'
     app.enableSandbox(); protocol.registerSchemesAsPrivileged([{ scheme: 'app' }])
     app.whenReady().then(async () => {
       protocol.handle('app', async () => new Response('<h1>shown</h1>', { headers: { 'content-type': 'text/html' } }))
       const heard = Promise.withResolvers(); ipcMain.on('said', (event, text) => { console.log('said', text); heard.resolve() })
       ${first}
       const window = new BrowserWindow({ webPreferences: { preload: join(import.meta.dirname, 'preload.cjs'), ${preferences} } })
       await window.loadURL('app://bad/')
       ${after}
       await heard.promise
     }).then(() => app.exit(0), (error) => { console.error(String(error)); app.exit(9) })`
  const saying = (expression: string) =>
    `const { ipcRenderer, webUtils } = require('electron'); let text; try { text = String(${expression}) } catch (error) { text = error.message } ipcRenderer.send('said', text)`
  const env = ({ endpoint }: Chromium) => ({ DOUBLE_BROWSER: endpoint })

  test('rule 6: a sandboxed preload may require Electron only, and what is not modelled throws', async ({
    chromiumOf,
  }) => {
    for (const [expression, answer] of [
      ["require('node:fs')", 'module not found: node:fs'],
      ['ipcRenderer.sendSync', 'ipcRenderer.sendSync is not modelled'],
      ["webUtils.getPathForFile('/etc/passwd')", 'must be a File'],
      ["webUtils.getPathForFile(new File(['x'], 'x')) === ''", 'said true'],
    ] as const) {
      const { said } = await runApp(windowApp({}), { 'preload.cjs': saying(expression) }, env(chromiumOf))
      expect(said).toContain(answer)
    }
  })

  test('rule 4: nothing but ports is transferred to a page, each once, and nothing that cannot be cloned', async ({
    chromiumOf,
  }) => {
    const after = `const { port1, port2 } = new MessageChannelMain(); const { mainFrame } = window.webContents
      mainFrame.postMessage('given', null, [port2])
      for (const bad of [
        () => mainFrame.postMessage('given', null, [port2]), () => port2.postMessage(1), () => port1.postMessage(() => 1),
        () => mainFrame.postMessage('given', null, [new ArrayBuffer(8)]), () => window.webContents.send('given', () => 1),
        () => port1.postMessage(new SharedArrayBuffer(8)),
      ]) try { bad(); console.log('taken', String(bad)) } catch (error) { console.log('refused', error.message) }`
    const { said } = await runApp(windowApp({ after }), { 'preload.cjs': saying('1') }, env(chromiumOf))
    expect(said.match(/refused/g)).toHaveLength(6)
    expect(said).not.toContain('taken')
  })

  test('a window without a sandbox, or a session that grants permissions or says nothing of them, is refused', async ({
    chromiumOf,
  }) => {
    for (const [options, answer] of [
      [{ first: '' }, 'Electron grants everything'],
      [{ first: permissions(true) }, 'granting a permission is not modelled'],
      [{ preferences: safe.replace('sandbox: true', 'sandbox: false') }, 'must be sandboxed'],
    ] as const) {
      const { said } = await runApp(windowApp(options), { 'preload.cjs': '' }, env(chromiumOf))
      expect(said).toContain(answer)
    }
  })

  test('the menu gets the keys that the page of the focused window leaves, and no others', async ({ chromiumOf }) => {
    const first = `${permissions(false)}; ipcMain.on('focus', () => window.focus())
      const item = (keys) => ({ label: keys, accelerator: keys, click: () => console.log('menu', keys) })
      Menu.setApplicationMenu(Menu.buildFromTemplate(['CmdOrCtrl+N', 'CmdOrCtrl+M', 'CmdOrCtrl+Shift+N'].map(item)))`
    const preload = `const { ipcRenderer } = require('electron')
      addEventListener('keydown', (event) => {
        if (event.key === 'm') event.preventDefault()
        if (event.key === 'Home') ipcRenderer.send('focus')
        if (event.key === 'End') ipcRenderer.send('said', 'end')
      })`
    const { ended } = await startApp(windowApp({ first }), { 'preload.cjs': preload }, env(chromiumOf))
    const shown = () => chromiumOf.context.pages().find((each) => each.url().startsWith('https://bad.'))
    await expect.poll(() => shown()?.getByText('shown').isVisible()).toBe(true)
    for (const keys of ['Control+n', 'Home', 'Control+m', 'Control+n', 'n']) {
      await shown()?.keyboard.press(keys)
      // The menu hears of a key one turn after the page.
      await shown()?.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    }
    // The page is gone before it can answer.
    void shown()
      ?.keyboard.press('End')
      .catch(() => null)
    expect(await ended).toEqual({ code: 0, said: 'menu CmdOrCtrl+N\nsaid end\n' })
  })
})

test('what the double does not know throws by its name', async () => {
  for (const [imports, body] of [
    ['app', "app.on('gpu-info-update', () => {})"],
    ['app, powerMonitor', "powerMonitor.once('lock-screen', () => {})"],
    ['app', 'app.getGPUInfo()'],
    ['app, dialog', 'dialog.showSaveDialog({})'],
    ['app, Menu', "Menu.buildFromTemplate([{ role: 'services' }])"],
    ['app, session', "session.fromPartition('x')"],
  ] as const)
    expect((await runApp(whenReady(body, imports))).said).toContain('is not modelled')
  expect((await runApp(whenReady('', 'app, Tray'))).said).toContain("does not provide an export named 'Tray'")
})
