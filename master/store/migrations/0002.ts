/** What is kept of attempts that failed: how far they had come, and the record that they were at. How many rejects a job may have. */
export const blameColumns = `
ALTER TABLE attempts ADD COLUMN bytes REAL;
ALTER TABLE attempts ADD COLUMN rows REAL;
-- JSON: input, piece, record, offset.
ALTER TABLE attempts ADD COLUMN place TEXT;
ALTER TABLE requests ADD COLUMN max_rejects INTEGER;
`
