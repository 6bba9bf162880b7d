import { randomInt } from 'node:crypto'
import { statSync } from 'node:fs'
import type { Database } from 'better-sqlite3'
import { StoreError } from './store.ts'

/**
 * Whether the ledger is still this master's, asked before anything is written. Each master sets a mark of its own in the ledger's header
 * (`application_id`) when it opens it: the lock keeps a second one out, and where somebody has removed the lock's file under its holder,
 * the mark does. A file that was removed, or has another in its place, would take what is written with it.
 */
export class Ownership {
  readonly #db: Database
  readonly #mark = randomInt(1, 2 ** 31)
  readonly #inode: number | undefined

  constructor(db: Database) {
    this.#db = db
    this.#inode = inodeOf(db.name)
    db.pragma(`application_id = ${this.#mark}`)
  }

  /** Within the transaction that is to write: whose mark it finds stays so until that ends. */
  require(): void {
    const { name } = this.#db
    if (inodeOf(name) !== this.#inode) throw new StoreError('missing', `${name} was removed or replaced under its host`)
    if (this.#db.pragma('application_id', { simple: true }) !== this.#mark)
      throw new StoreError(
        'readOnly',
        `another host has taken ${name}: the lock of its home was removed under this one`,
      )
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}
