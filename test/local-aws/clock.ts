/** The server's idea of the time, which a test may set apart from the client's. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  setOffset(ms: number): void;
}

export function createClock(): Clock {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    setOffset: ms => {
      offset = ms;
    },
  };
}

/** CloudTrail and IAM write whole seconds. */
export const wholeSeconds = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
