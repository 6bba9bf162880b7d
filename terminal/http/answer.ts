import type { IncomingMessage, ServerResponse } from 'node:http'
import { securityHeaders } from '../../master/host/page.ts'
import { makeSecret } from './security.ts'

/** One request and its answer. */
export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  /** As it stands in the request line, without the query: never decoded before it has been matched. */
  path: string
  query: URLSearchParams
}

/** An answer with a body at hand. Every answer has the security headers. */
export function answer(
  { request, response }: Pick<Exchange, 'request' | 'response'>,
  status: number,
  { headers = {}, body }: { headers?: Record<string, string>; body: Buffer | string },
): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, { ...securityHeaders(makeSecret()), 'content-length': String(bytes.length), ...headers })
  if (request.method !== 'HEAD') response.write(bytes)
  endWhenHeard({ request, response })
}

/** For what is still being sent, which is thrown away. */
const longestHearingMs = 2000

/**
 * The connection may end with the answer: ended while the body is still being sent it would be reset, and who sends it would never read
 * the answer.
 */
function endWhenHeard({ request, response }: Pick<Exchange, 'request' | 'response'>): void {
  if (request.complete || request.destroyed) return void response.end()
  const end = () => {
    clearTimeout(late)
    response.end()
  }
  const late = setTimeout(end, longestHearingMs)
  request.once('close', end)
  request.resume()
}

export function answerJson(exchange: Exchange, status: number, value: unknown): void {
  exchange.response.setHeader('content-type', 'application/json; charset=utf-8')
  answer(exchange, status, { body: JSON.stringify(value) })
}

/** A refusal in one line. A body that has not been read yet is not waited for long: the connection ends. */
export function refuseRequest(exchange: Exchange, status: number, message: string): void {
  if (!exchange.request.complete) exchange.response.setHeader('connection', 'close')
  answerJson(exchange, status, { ok: false, message })
}
