import { z } from 'zod'
import { jsonSchema } from './json.ts'

/** A kind with its params under a name, to be run again on other data. */
export const recipeNameSchema = z
  .string()
  .regex(
    /^[\p{L}\p{N}][^\p{Cc}/\\]{0,99}$/u,
    'a recipe’s name begins with a letter or digit and has at most 100 characters',
  )

export const recipeSchema = z.strictObject({
  name: recipeNameSchema,
  kind: z.string().min(1).max(100),
  /** As a person writes them: what is absent has the kind's default. */
  params: z.record(z.string(), jsonSchema),
  savedAt: z.number(),
})
export type Recipe = z.infer<typeof recipeSchema>

/** `<home>/recipes.json`, by name. */
export const recipesSchema = z.array(recipeSchema).max(10_000)
