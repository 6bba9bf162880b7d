/**
 * The module's door: functions over memory whose places the caller gives; what lies there is the caller's. Nothing is allocated here
 * and nothing is kept between two calls. Each function has a twin in ../twin that does the same one byte at a time.
 */
export { findRecords } from './records.as'
export { scanCell, countByte } from './cells.as'
export { parseNumbers, sumIntegers } from './numbers.as'
export { testNumbers, testTexts } from './fieldTests.as'
export { countTokens } from './tokens.as'
export { placeLines, placeKeyed } from './places.as'
export { keyDecimals } from './decimalKeys.as'
export { sortRecords, gatherRecords } from './order.as'
export { findBuckets, hashBuckets, scatterRecords } from './partition.as'

/** The first byte that is free for the caller. */
export const heapBase: usize = __heap_base
