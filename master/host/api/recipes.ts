import { refuse } from '../../../contract/commandError.ts'
import { recipeNameSchema, type Recipe } from '../../../contract/recipe.ts'
import type { Caller } from '../host.ts'
import { checkParams } from '../intake.ts'
import { readRecipes, removeRecipe, saveRecipe } from '../recipes.ts'
import { os, refusedForNow, type Room } from '../room.ts'
import { refusedTo } from '../trust.ts'

export function recipes(room: Room) {
  const { recipes: path } = room.paths
  return {
    list: os.recipes.list.handler(() => readRecipes(path)),
    save: os.recipes.save.handler(({ input: { replace, ...wanted }, context }) =>
      room.inTurn(async () => {
        const refused = refusedForNow(room) ?? complaintOf(room, wanted, context.caller)
        return refused ?? (await saveRecipe(path, { ...wanted, savedAt: room.now() }, replace))
      }),
    ),
    remove: os.recipes.remove.handler(({ input }) => room.inTurn(() => removeRecipe(path, input.name))),
  }
}

/** What is saved must be something that can be run, by whoever saves it: the person who runs it need not look at it again. */
function complaintOf(room: Room, { name, kind: id, params }: Omit<Recipe, 'savedAt'>, caller: Caller) {
  if (!recipeNameSchema.safeParse(name).success)
    return refuse(
      'invalid-input',
      `cannot save a recipe under the name '${name}'`,
      'begin with a letter or digit; take at most 100 characters, none of them a slash',
    )
  const plan = room.plans.find(({ kind }) => kind.id === id)
  if (plan === undefined) return refuse('unknown-kind', `cannot save a recipe of '${id}': there is no such kind`)
  const refused = refusedTo(caller, plan.kind)
  if (refused !== null) return refused
  const checked = checkParams(plan.kind, params)
  return checked.ok ? null : checked
}
