import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { KindInfo } from '../../../contract/api.ts'
import type { Json } from '../../../contract/json.ts'
import { type JsonSchema } from '../../../contract/kind.ts'
import type { Recipe } from '../../../contract/recipe.ts'
import { useConnection, useHost } from '../../client/dashboard.tsx'
import { useKinds, useRecipes } from '../../client/queries.ts'
import { useCommand } from '../../client/useCommand.ts'
import { Button } from '../../ui/Button.tsx'
import { ErrorNote } from '../../ui/ErrorNote.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { TextBox } from '../../ui/fields.tsx'
import { strings } from '../../ui/strings.ts'
import { useDraftStore } from './DraftProvider.tsx'
import { fieldsOf, textsOf } from './paramsForm.ts'

const text = strings.recipes

/** Kinds with their params under names: one press fills the form in. */
export function Recipes() {
  const kinds = useKinds().data ?? []
  const reply = useRecipes().data
  const store = useDraftStore()
  if (reply === undefined) return null
  if (!reply.ok) return <ErrorNote error={reply.error} />
  if (reply.value.length === 0) return null
  function fillIn({ kind, params }: Recipe) {
    const schema = kinds.find(({ id }) => id === kind)?.params as JsonSchema | undefined
    if (schema === undefined) return
    store.setState(({ texts }) => ({ kind, texts: { ...texts, [kind]: textsOf(fieldsOf(schema), params) } }))
  }
  return (
    <Panel title={text.title}>
      <ul className="divide-y divide-line">
        {reply.value.map((recipe) => (
          <RecipeRow key={recipe.name} recipe={recipe} onUse={() => fillIn(recipe)} />
        ))}
      </ul>
    </Panel>
  )
}

function RecipeRow({ recipe, onUse }: { recipe: Recipe; onUse: () => void }) {
  const { api } = useHost()
  const queries = useQueryClient()
  const remove = useCommand(api.recipes.remove)
  const { name, kind } = recipe
  async function forget() {
    await remove.go({ name })
    await queries.invalidateQueries({ queryKey: ['recipes'] })
  }
  return (
    <li className="space-y-2 py-2 first:pt-0 last:pb-0">
      <div className="flex items-center justify-between gap-3">
        <p className="min-w-0 wrap-anywhere">
          <span className="font-medium">{name}</span> <span className="text-xs text-soft">{kind}</span>
        </p>
        <div className="flex shrink-0 gap-2">
          <Button aria-label={text.useNamed(name)} onPress={onUse}>
            {text.use}
          </Button>
          <Button look="quiet" aria-label={text.forgetNamed(name)} onPress={() => void forget()}>
            {text.forget}
          </Button>
        </div>
      </div>
      <ErrorNote error={remove.error} />
    </li>
  )
}

/** Keeps what the form says under a name; one of that name is replaced only by a second press that says so. */
export function SaveRecipe({ kind, params }: { kind: KindInfo; params: Record<string, Json> }) {
  const { api } = useHost()
  const queries = useQueryClient()
  const away = useConnection().status !== 'open'
  const [name, setName] = useState('')
  const [saved, setSaved] = useState<string | null>(null)
  const save = useCommand(api.recipes.save)
  async function keep(replace: boolean) {
    const reply = await save.go({ name: name.trim(), kind: kind.id, params, replace })
    if (!reply.ok) return
    setSaved(reply.value.name)
    setName('')
    await queries.invalidateQueries({ queryKey: ['recipes'] })
  }
  const isThere = save.error?.code === 'output-exists'
  return (
    <details className="rounded-lg border border-line bg-card p-4">
      <summary className="w-fit cursor-pointer text-base font-semibold">{text.keep}</summary>
      <div className="mt-3 space-y-3">
        <TextBox label={text.name} hint={text.saveHint} value={name} onChange={setName} />
        <ErrorNote error={save.error} />
        <Button isDisabled={away || save.busy || name.trim() === ''} onPress={() => void keep(isThere)}>
          {isThere ? text.replace : text.save}
        </Button>
        <output className="text-soft">{saved === null ? '' : text.saved(saved)}</output>
      </div>
    </details>
  )
}
