import type { Host } from '../../master/host/host.ts'
import { answerJson, refuseRequest, type Exchange } from './answer.ts'

class TooLarge extends Error {
  override name = 'TooLarge'
}

async function* capped(body: AsyncIterable<Buffer>, mostBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new TooLarge(`more than ${mostBytes} bytes`)
    yield chunk
  }
}

/** `PUT /api/uploads?name=`: the body goes to the host's spool as it arrives; the answer is the token by which a job names it. */
export async function receiveUpload(exchange: Exchange, uploads: Host['uploads'], mostBytes: number): Promise<void> {
  const name = exchange.query.get('name') ?? ''
  if (name === '' || name.length > 255) return refuseRequest(exchange, 400, 'name the upload in 1 to 255 characters')
  const tooLarge = `an upload may have at most ${mostBytes} bytes`
  if (Number(exchange.request.headers['content-length'] ?? 0) > mostBytes) return refuseRequest(exchange, 413, tooLarge)
  try {
    const received = await uploads.receive(name, capped(exchange.request, mostBytes))
    if (!received.ok) return refuseRequest(exchange, 507, received.message)
    answerJson(exchange, 200, received)
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error
    refuseRequest(exchange, 413, tooLarge)
  }
}
