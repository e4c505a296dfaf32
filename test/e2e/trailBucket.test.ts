// The bucket of a trail, found by the active profiles and imported.
import { test } from 'node:test';
import { addUser } from '../demo/mainJob.ts';
import { deliver, startTrail } from '../local-aws-product/bucketScene.ts';
import { runCommand } from './actions.ts';
import { onStage, stepsOf } from './stage.ts';

const BUCKET = 'acme-trail';

test('a trail’s bucket', { timeout: 180_000 }, t =>
  onStage({}, async stage => {
    const { workbench, page, screenshot, aws } = stage;
    const step = stepsOf(t, stage);
    await step('is found, and its events are in the tree', async () => {
      await startTrail(aws, BUCKET, '');
      await deliver(aws, BUCKET, { at: Date.now() - 3_600_000 });
      await workbench.openContainer('No Wing');
      await addUser(workbench, aws.world);
      await importBucket();
      await workbench.notification(/Imported [1-9]\d* new events? of .* from acme-trail/).waitFor();
      await page.getByText(/\d+ events? · by deployment/).waitFor();
      await screenshot('trail-bucket');
    });

    async function importBucket(): Promise<void> {
      await runCommand(workbench, 'No Wing: Import CloudTrail Files');
      await workbench.pick('The S3 bucket of a trail');
      await workbench.pick(BUCKET);
      await workbench.pick('Last 24 hours');
    }
  }),
);
