import { open, stat } from 'node:fs/promises'
import { relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Artifact, folderMediaType } from '../../contract/outcome.ts'
import { filesBelow } from '../../master/host/folderFiles.ts'
import type { ApiClient } from '../../master/host/host.ts'
import { refuseRequest, type Exchange } from './answer.ts'
import { securityHeaders } from '../../master/host/page.ts'
import { makeSecret } from './security.ts'
import { tarBytes, type TarFile, tarOf } from './tar.ts'

const mostFiles = 100_000
const route = /^\/api\/jobs\/([\w-]{1,100})\/artifacts\/([^/]{1,1000})$/

/** The job and the artifact that a path names, undefined when it is another path. */
export function artifactNamed(path: string): { job: string; name: string } | undefined {
  const [, job, encoded] = route.exec(path) ?? []
  if (job === undefined || encoded === undefined) return undefined
  try {
    return { job, name: decodeURIComponent(encoded) }
  } catch (error) {
    if (error instanceof URIError) return undefined
    throw error
  }
}

/** A file name that older readers take, and the exact one for the others (RFC 6266). */
export function attachment(name: string): string {
  const plain = name.replaceAll(/[^\w.-]/g, '_')
  const exact = encodeURIComponent(name).replaceAll(/['()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`)
  return `attachment; filename="${plain}"; filename*=UTF-8''${exact}`
}

/** A browser gets a folder as one tar, its files below the folder's name. */
async function streamFolder(exchange: Exchange, { path, name }: Artifact): Promise<void> {
  const files: TarFile[] = []
  for (const file of (await filesBelow(path, mostFiles)) ?? []) {
    const { size, mtimeMs } = await stat(file)
    files.push({
      name: [name, ...relative(path, file).split(sep)].join('/'),
      path: file,
      bytes: size,
      modifiedAt: mtimeMs,
    })
  }
  exchange.response.writeHead(200, {
    ...securityHeaders(makeSecret()),
    'content-type': 'application/x-tar',
    'content-length': String(tarBytes(files)),
    'content-disposition': attachment(`${name}.tar`),
  })
  if (exchange.request.method === 'HEAD') return void exchange.response.end()
  await pipeline(tarOf(files), exchange.response)
}

async function streamFile(exchange: Exchange, artifact: Artifact): Promise<void> {
  const file = await open(artifact.path)
  try {
    const stat = await file.stat()
    if (!stat.isFile()) return refuseRequest(exchange, 404, `${artifact.name} is no file any more`)
    exchange.response.writeHead(200, {
      ...securityHeaders(makeSecret()),
      'content-type': artifact.mediaType,
      'content-length': String(stat.size),
      'content-disposition': attachment(artifact.name),
    })
    if (exchange.request.method === 'HEAD' || stat.size === 0) return void exchange.response.end()
    await pipeline(file.createReadStream({ end: stat.size - 1, autoClose: false }), exchange.response)
  } finally {
    await file.close()
  }
}

/** `GET /api/jobs/<id>/artifacts/<name>`: the URL only names an artifact; where it lies is what the ledger says, and is not told. */
export async function sendArtifact(
  exchange: Exchange,
  client: { jobs: Pick<ApiClient['jobs'], 'get'> },
  named: { job: string; name: string },
): Promise<void> {
  const found = await client.jobs.get({ job: named.job })
  if (!found.ok) return refuseRequest(exchange, 404, found.error.message)
  const artifact = found.value.document.artifacts.find((one) => one.name === named.name)
  if (!artifact) return refuseRequest(exchange, 404, `job ${named.job} has no artifact of this name`)
  try {
    if (artifact.mediaType === folderMediaType) await streamFolder(exchange, artifact)
    else await streamFile(exchange, artifact)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    refuseRequest(exchange, 404, `${artifact.name} is not where the job wrote it any more`)
  }
}
