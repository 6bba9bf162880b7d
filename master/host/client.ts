import { request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import { protocolVersion } from '../../contract/api.ts'
import { refuse, succeed, type CommandResult } from '../../contract/commandError.ts'
import { ClientSocket, maxMessageBytes } from './guardedSocket.ts'
import type { ApiClient } from './host.ts'
import { helloSchema, type Hello } from './socket.ts'

/** The way to a host in another process of the same person. */

export interface HostConnection {
  client: ApiClient
  hello: Hello
  /** False from the moment in which the host is gone, before any call fails for it. */
  readonly open: boolean
  close(): void
  /** Told once, also when close() was called. */
  onClose(listener: () => void): void
}

const retryMs = 50
const defaultPatienceMs = 5000

/**
 * Connects, trying for `patienceMs` while nobody answers: a host takes its lock before it listens. Refuses at once a host that
 * speaks another protocol.
 */
export async function connectToHost(
  socketPath: string,
  patienceMs = defaultPatienceMs,
): Promise<CommandResult<HostConnection>> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const connection = await tryHost(socketPath)
    if (connection !== null) return connection
    if (performance.now() >= deadline) return nobodyAnswers(socketPath, patienceMs)
    await wait(retryMs)
  }
}

/** `pid` is the holder's, where it is known. */
export function nobodyAnswers(
  socketPath: string,
  patienceMs: number,
  pid?: number,
): { ok: false; error: { code: 'unavailable'; message: string; hint: string } } {
  const who = pid === undefined ? 'the running host' : `the running host (process ${pid})`
  const message = `cannot reach ${who}: it holds the home's lock, and nobody has answered at ${socketPath} for ${patienceMs / 1000} s`
  return {
    ok: false,
    error: {
      code: 'unavailable',
      message,
      hint: 'try again when it has started, or end it: gristmill serve --takeover does',
    },
  }
}

/** One try. Null while nobody answers. */
export async function tryHost(socketPath: string): Promise<CommandResult<HostConnection> | null> {
  const hello = await greet(socketPath)
  if (hello === null) return null
  if (hello.protocol !== protocolVersion) return otherProtocol(hello)
  const socket = await openSocket(socketPath)
  return socket === null ? null : succeed(connectionOver(socket, hello))
}

function otherProtocol(hello: Hello): CommandResult<HostConnection> {
  const message = `cannot use the running host (process ${hello.pid}, version ${hello.version}): it speaks protocol ${hello.protocol}, this program ${protocolVersion}`
  return refuse('unavailable', message, 'end that host, or use the same version of Gristmill')
}

const greetingMs = 2000
const maxHelloBytes = 64 * 1024

/** Null when nobody listens or answers in time, or when what answers is no host. */
export function greet(socketPath: string): Promise<Hello | null> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/hello', timeout: greetingMs, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
        if (text.length > maxHelloBytes) response.destroy()
      })
      response.on('close', () => resolve(parseHello(text)))
    })
    asked.on('timeout', () => asked.destroy())
    asked.on('error', () => resolve(null))
    asked.end()
  })
}

function parseHello(text: string): Hello | null {
  try {
    return helloSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** Never a ws+unix address: it breaks on blanks, colons and accents in paths. */
function openSocket(socketPath: string): Promise<ClientSocket | null> {
  const socket = new ClientSocket('ws://localhost/rpc', {
    createConnection: () => connect(socketPath),
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
    handshakeTimeout: greetingMs,
  })
  return new Promise((resolve) => {
    // An error is always followed by `close`, which is what callers hear of.
    socket.on('error', () => resolve(null))
    socket.once('open', () => resolve(socket))
  })
}

/** What the link uses of a socket. The types of ws and of the browser differ in options that nobody passes. */
type LinkSocket = ConstructorParameters<typeof RPCLink>[0]['websocket']

function connectionOver(socket: ClientSocket, hello: Hello): HostConnection {
  const listeners: (() => void)[] = []
  let open = true
  // Before the link's own listener, so that `open` is false when a call fails because the host is gone.
  socket.once('close', () => {
    open = false
    for (const listener of listeners.splice(0)) listener()
  })
  return {
    client: createORPCClient<ApiClient>(new RPCLink({ websocket: socket as LinkSocket })),
    hello,
    get open() {
      return open
    },
    close: () => socket.terminate(),
    onClose(listener) {
      if (open) listeners.push(listener)
      else queueMicrotask(listener)
    },
  }
}
