/**
 * The text of an input between two places, as UTF-8. Places are bytes of the source: of the file, or of what it is when decompressed.
 */
export interface TextStream {
  /** Fills `target` from its front with whole characters; returns how many bytes came, 0 at the end. */
  read(target: Uint8Array): number | Promise<number>
  /** How much of the source has been read, 0 to 1. */
  fraction(): number
  close(): void
}
