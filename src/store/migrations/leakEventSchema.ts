/** Which leaks an event speaks for: asked when its verdict has become another one. */
export const leakEventSchema = 'CREATE INDEX leak_event_by_event ON leak_event (account_id, event_id)';
