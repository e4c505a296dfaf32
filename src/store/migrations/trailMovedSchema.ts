/** The trail has an index of its own beside this database (`trail/index/schema.ts`), filled again from CloudTrail. */
export const trailMovedSchema = `
  DROP TABLE IF EXISTS trail_record;
  DROP TABLE IF EXISTS trail_event;
  DROP TABLE IF EXISTS trail_coverage;
  DROP TABLE IF EXISTS trail_state;
`;
