import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Input } from '../../contract/dataset.ts'
import type { WorkerJob } from '../../contract/workerMessages.ts'
import { fingerprintOf } from '../../datasets/fingerprint.ts'

/** A folder with a job in it: inputs written for a test, and a scratch folder. */
export class JobFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'gristmill-job-'))
  readonly job: WorkerJob

  constructor(contents: readonly string[] = [], options: { cellBytes?: number; params?: WorkerJob['params'] } = {}) {
    const scratch = join(this.folder, 'scratch')
    mkdirSync(scratch)
    const inputs = contents.map((content, index) => this.#input(`input${index}.txt`, content, options.cellBytes))
    this.job = { number: 1, id: 'job-1', kind: 'fixture', params: options.params ?? {}, inputs, scratch }
  }

  at(name: string): string {
    return join(this.folder, name)
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }

  #input(name: string, content: string, cellBytes = 65_536): Input {
    const path = this.at(name)
    writeFileSync(path, content)
    const fd = openSync(path, 'r')
    const fingerprint = fingerprintOf(fd)
    closeSync(fd)
    return { path, name, bytes: fingerprint.bytes, format: 'text', cellBytes, fingerprint, spooled: false }
  }
}
