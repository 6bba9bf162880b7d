import type { Uploads } from '../../master/host/host.ts'
import { answerJson, refuseRequest, type Exchange } from './answer.ts'

/**
 * `PUT /api/uploads?name=`: the body goes to the host's spool as it arrives; the answer is the token by which a job names it. A length
 * that is told beforehand is refused here; the spool counts what really comes.
 */
export async function receiveUpload(exchange: Exchange, uploads: Uploads, mostBytes: number): Promise<void> {
  const name = exchange.query.get('name') ?? ''
  if (name === '' || name.length > 255) return refuseRequest(exchange, 400, 'name the upload in 1 to 255 characters')
  if (Number(exchange.request.headers['content-length'] ?? 0) > mostBytes)
    return refuseRequest(exchange, 413, `an upload may have at most ${mostBytes} bytes`)
  const received = await uploads.receive(name, exchange.request)
  if (received.ok) answerJson(exchange, 200, received)
  else refuseRequest(exchange, 507, received.message)
}
