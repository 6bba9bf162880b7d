import '@fontsource-variable/inter/wght.css'
import './ui/styles.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App.tsx'
import { openBrowserHost } from './client/browserHost.ts'
import { openDashboard } from './client/dashboard.tsx'
import { openDesktopHost } from './client/desktopHost.ts'

/** Wires the page: which host, which dashboard, where on the page. */
const place = document.querySelector('#root')
if (place === null) throw new Error('index.html has no #root')
const closing = new AbortController()
addEventListener('pagehide', () => closing.abort())
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})
const host = await (window.gristmill === undefined ? openBrowserHost() : openDesktopHost(window.gristmill))
const dashboard = openDashboard(host, closing.signal)
createRoot(place).render(
  <StrictMode>
    <App dashboard={dashboard} />
  </StrictMode>,
)
