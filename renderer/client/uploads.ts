import type { Source } from '../../contract/api.ts'
import { refuse, succeed, type CommandResult } from '../../contract/commandError.ts'
import type { BringOptions } from './host.ts'

/** Streams one file to the host's spool. XMLHttpRequest, because fetch does not tell how much has been sent. */
export function upload(file: File, { onProgress, signal }: BringOptions): Promise<CommandResult<Source>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    const failed = (why: string) =>
      resolve(refuse('unavailable', `${file.name} could not be sent to the host: ${why}`, 'try again'))
    request.open('PUT', `/api/uploads?name=${encodeURIComponent(file.name)}`)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', (event) => onProgress(event.loaded))
    request.addEventListener('load', () => resolve(readReply(file.name, request.responseText)))
    request.addEventListener('error', () => failed('the connection was lost or the file changed'))
    request.addEventListener('abort', () => failed('it was called off'))
    signal.addEventListener('abort', () => request.abort(), { once: true })
    request.send(file)
  })
}

/** `{ ok: true, token, bytes }` or `{ ok: false, message }`; anything else is a host that could not answer. */
export function readReply(name: string, text: string): CommandResult<Source> {
  const reply = parse(text)
  if (reply['ok'] === true && typeof reply['token'] === 'string')
    return succeed({ type: 'upload', token: reply['token'] })
  const why = typeof reply['message'] === 'string' ? reply['message'] : 'the host gave no reason'
  return refuse('unavailable', `${name} was not taken: ${why}`)
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch (cause) {
    if (cause instanceof SyntaxError) return {}
    throw cause
  }
}
