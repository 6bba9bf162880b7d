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
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

export function answerJson(exchange: Exchange, status: number, value: unknown): void {
  exchange.response.setHeader('content-type', 'application/json; charset=utf-8')
  answer(exchange, status, { body: JSON.stringify(value) })
}

/** A refusal in one line. A body that has not been read yet is not waited for: the connection ends. */
export function refuseRequest(exchange: Exchange, status: number, message: string): void {
  if (!exchange.request.complete) exchange.response.setHeader('connection', 'close')
  answerJson(exchange, status, { ok: false, message })
}
