import { z } from 'zod'
import { answerJson, refuseRequest, type Exchange } from './answer.ts'
import { isJson } from './security.ts'
import type { Sessions } from './sessions.ts'

const mostBodyBytes = 4096
const bodySchema = z.strictObject({ token: z.string().max(200) })

/** The whole body, or undefined when it is longer than anything that this route takes. */
async function readBody(body: AsyncIterable<Buffer>): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > mostBodyBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseToken(body: string): string | undefined {
  try {
    return bodySchema.safeParse(JSON.parse(body)).data?.token
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** `POST /api/session {token}`: the token of the URL's fragment for a cookie that scripts cannot read and other sites cannot send. */
export async function exchangeToken(exchange: Exchange, sessions: Sessions, cookieName: string): Promise<void> {
  if (!isJson(exchange.request.headers)) return refuseRequest(exchange, 415, 'send application/json')
  const body = await readBody(exchange.request)
  if (body === undefined) return refuseRequest(exchange, 413, 'the body is too long')
  const token = parseToken(body)
  if (token === undefined) return refuseRequest(exchange, 400, 'send {"token": "…"}')
  const cookie = sessions.exchange(token)
  if (cookie === undefined)
    return refuseRequest(
      exchange,
      401,
      'this link was used before, or is not of the running server; gristmill serve prints another one',
    )
  const attributes = 'Path=/; HttpOnly; SameSite=Strict'
  exchange.response.setHeader('set-cookie', `${cookieName}=${cookie}; ${attributes}`)
  answerJson(exchange, 200, { ok: true })
}
