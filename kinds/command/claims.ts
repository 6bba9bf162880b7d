import { join } from 'node:path'
import type { FileRef } from '../../contract/outcome.ts'
import type { RunContext, ScratchWriter } from '../../contract/run.ts'
import { PackWriter } from '../../datasets/write/pack.ts'
import { copyInto } from './itemList.ts'
import type { FileOfItem } from './kept.ts'
import type { Item } from './template.ts'

/** What the items of a task have left, in their order: what they printed, and, where it is collected, their files, in a folder by each item's number. */
export class Claims {
  readonly #output: ScratchWriter
  readonly #pack: PackWriter | null
  outputBytes = 0
  files = 0

  constructor(context: Pick<RunContext, 'scratch'>, collects: boolean) {
    this.#output = context.scratch('output')
    this.#pack = collects ? new PackWriter(context.scratch('outputs')) : null
  }

  get collects(): boolean {
    return this.#pack !== null
  }

  take(item: Item, { output, files }: { output: Uint8Array; files: readonly FileOfItem[] }): void {
    this.#output.write(output)
    this.outputBytes += output.length
    for (const { path, content } of files) {
      this.#begin(item, path)
      this.#pack?.write(content)
    }
  }

  takeFrom(item: Item, from: { output: string; folder: string; paths: readonly string[] }): void {
    this.outputBytes += copyInto(this.#output, from.output)
    for (const path of from.paths) {
      this.#begin(item, path)
      if (this.#pack !== null) copyInto(this.#pack, join(from.folder, path))
    }
  }

  finish(): Record<string, FileRef> {
    const outputs = this.#pack === null ? {} : { outputs: this.#pack.finish() }
    return { output: this.#output.finish(), ...outputs }
  }

  #begin(item: Item, path: string): void {
    this.#pack?.begin(`${item.number}/${path}`)
    this.files += 1
  }
}
