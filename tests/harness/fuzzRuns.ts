/** How many cases each boundary gets: few enough for every run of the tests; `npm run soak -- --fuzz` asks for more. */
export const fuzzRuns = Number(process.env['GRISTMILL_FUZZ_RUNS'] ?? 500)
