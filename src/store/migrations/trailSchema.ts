/** CloudTrail events that were fetched, and which periods they cover. */
export const trailSchema = '';
