import fc from 'fast-check'

/**
 * Property tests try the same cases at each run, so that what a change breaks is seen at that change. `GRISTMILL_CHANCE` takes another
 * number, or `new` for cases that nobody has seen.
 */
const { GRISTMILL_CHANCE: chance = '20261121' } = process.env
if (chance !== 'new') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(chance) })
