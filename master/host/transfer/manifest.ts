import { isAbsolute } from 'node:path'
import { z } from 'zod'

/** What an exported home holds: `manifest.json` in its folder, written last, so that a folder without one is no export. */

/** Below the folder, with slashes: nothing that could lead out of it. */
const relativePath = z
  .string()
  .min(1)
  .max(4096)
  .refine(
    (path) =>
      !isAbsolute(path) &&
      !/[\\\0]/.test(path) &&
      path.split('/').every((part) => part !== '' && part !== '.' && part !== '..'),
    'must stay inside the folder',
  )

export const manifestSchema = z.strictObject({
  format: z.literal('gristmill-home'),
  version: z.literal(1),
  /** Of the Gristmill that wrote it. */
  gristmill: z.string().max(100),
  madeAt: z.number(),
  /** The home that it was made of. */
  home: z.string().max(32_768),
  files: z.array(
    z.strictObject({
      path: relativePath,
      bytes: z.int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})
export type Manifest = z.infer<typeof manifestSchema>

export const manifestName = 'manifest.json'
export const ledgerName = 'gristmill.db'
