// The last stage: nothing that the other stages wrote or printed may hold a secret that they used.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outDir } from '../places.ts';
import { type Hit, hitsSoFar, search, secretsVariable } from '../secretSearch.ts';
import { reportStage } from './stageResult.ts';

const noted = process.env[secretsVariable] ?? '';
const count = readFileSync(noted, 'utf8').split('\n').filter(Boolean).length;
const hits: Hit[] = [...hitsSoFar(noted), ...(await search(join(outDir, 'results'), noted))];
const failures = [...new Set(hits.map(({ file, secret }) => `${secret} is in ${file}`))];
for (const failure of failures) console.log(`✖ ${failure}`);
console.log(`   ${count} secrets searched for`);
reportStage({ passed: hits.length === 0 ? 1 : 0, failed: hits.length === 0 ? 0 : 1, skipped: 0, failures });
