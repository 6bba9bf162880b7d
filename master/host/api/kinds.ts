import type { KindInfo } from '../../../contract/api.ts'
import type { Json } from '../../../contract/json.ts'
import { inputJsonSchema, type Kind, outputJsonSchema } from '../../../contract/kind.ts'
import { os, type Room } from '../room.ts'

export function kinds(room: Room) {
  const infos = room.plans.map((plan) => infoOf(plan.kind))
  return { list: os.kinds.list.handler(() => infos) }
}

function infoOf({ id, version, title, summary, accepts, inputs, open, group, params, result }: Kind): KindInfo {
  return {
    id,
    version,
    title,
    summary,
    accepts: [...accepts],
    inputs,
    open,
    group,
    params: inputJsonSchema(params) as Json,
    result: outputJsonSchema(result) as Json,
  }
}
