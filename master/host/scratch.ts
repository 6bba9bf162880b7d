import { readFileSync } from 'node:fs'
import { copyFile, link, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Crumb, decodeCrumb } from '../../contract/crumb.ts'
import type { NewJob } from '../../contract/job.ts'
import type { Json } from '../../contract/json.ts'
import type { Answer, FileRef } from '../../contract/outcome.ts'

/** A job's result must fit into memory and into its row. */
const largestResultBytes = 64 * 1024 * 1024

/** The folders in which jobs keep what their tasks hand on: `<home>/scratch/<job id>/`. */
export class Scratch {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  folder(job: Pick<NewJob, 'id'>): string {
    return join(this.#root, job.id)
  }

  /** The file in which the worker in a slot notes what it is at. */
  crumbFile(job: Pick<NewJob, 'id'>, slot: number): string {
    return join(this.folder(job), `at.${slot}`)
  }

  /** What a worker that is gone noted last; null when it noted nothing. A few bytes, read at once: the engine asks between two steps. */
  crumb(job: Pick<NewJob, 'id'>, slot: number): Crumb | null {
    try {
      return decodeCrumb(readFileSync(this.crumbFile(job, slot)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw error
    }
  }

  /** The names of the files that are there; none when the folder is gone. */
  async files(job: Pick<NewJob, 'id'>): Promise<ReadonlySet<string>> {
    try {
      return new Set(await readdir(this.folder(job)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set()
      throw error
    }
  }

  /** Whether an artifact of it was about to get its final name (workers/publishTask.ts). */
  async wasPublishing(job: Pick<NewJob, 'id'>): Promise<boolean> {
    return [...(await this.files(job))].some((name) => name.endsWith('.intent'))
  }

  /** Ids of the jobs that have a folder. */
  async ids(): Promise<string[]> {
    return await readdir(this.#root)
  }

  /** Gives another job the same files, by the same names. */
  async share(from: Pick<NewJob, 'id'>, to: Pick<NewJob, 'id'>, files: Iterable<string>): Promise<void> {
    await this.make(to)
    for (const file of files) {
      const [source, target] = [join(this.folder(from), file), join(this.folder(to), file)]
      // Some file systems know no links.
      await link(source, target).catch(() => copyFile(source, target))
    }
  }

  async make(job: Pick<NewJob, 'id'>): Promise<void> {
    await mkdir(this.folder(job), { recursive: true, mode: 0o700 })
  }

  async remove(job: Pick<NewJob, 'id'>): Promise<void> {
    await rm(this.folder(job), { recursive: true, force: true })
  }

  /** Reads a value that was too large to stand inline. */
  async load(job: Pick<NewJob, 'id'>, ref: FileRef): Promise<Json> {
    const path = join(this.folder(job), ref.file)
    const { size } = await stat(path)
    if (size !== ref.bytes) throw new Error(`${path} has ${size} bytes and should have ${ref.bytes}`)
    if (size > largestResultBytes) throw new Error(`a result of ${size} bytes is larger than ${largestResultBytes}`)
    return JSON.parse(await readFile(path, 'utf8')) as Json
  }

  async valueOf(job: Pick<NewJob, 'id'>, answer: Answer): Promise<Json> {
    return answer.ref === undefined ? (answer.value ?? null) : await this.load(job, answer.ref)
  }
}

/** Where an artifact stands while it is written, beside its final place. */
export function temporaryArtifact(job: Pick<NewJob, 'id' | 'outDir'>, name: string): string | null {
  return job.outDir === null ? null : join(job.outDir, temporaryName(name, job.id))
}

function temporaryName(name: string, jobId: string): string {
  return `.${name}.${jobId}.part`
}
