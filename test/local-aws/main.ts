/** `node test/local-aws/main.ts [--port N] [--trail-delay MS] [--stack-step MS]`: prints one JSON line and runs until it is told to stop. */
import { parseArgs } from 'node:util';
import { startLocalAws } from './index.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'trail-delay': { type: 'string', default: '0' },
    'stack-step': { type: 'string', default: '30' },
  },
});

const aws = await startLocalAws({
  port: Number(values.port),
  trailDelayMs: Number(values['trail-delay']),
  stackStepMs: Number(values['stack-step']),
});
process.stdout.write(`${JSON.stringify({ endpoint: aws.endpoint, world: aws.world })}\n`);

const stop = (): void => {
  aws.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
