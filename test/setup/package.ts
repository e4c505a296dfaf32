// `npm run package`: the .vsix of this machine's target, or of others.   --target linux-x64,win32-x64 | all
import { parseArgs } from 'node:util';
import { packageVsix, type Target, targets, thisTarget } from './packageVsix.ts';

const { values: flags } = parseArgs({ options: { target: { type: 'string' } } });

for (const target of chosen(flags.target)) {
  const { vsix, bytes } = await packageVsix(target);
  console.log(`${vsix}  ${Math.ceil(bytes / 1024)} KB`);
}

function chosen(list: string | undefined): readonly Target[] {
  if (!list) return [thisTarget()];
  if (list === 'all') return targets;
  return list.split(',').map(name => {
    const target = targets.find(known => known === name);
    if (!target) throw new Error(`Unknown target ${name}. There are: ${targets.join(', ')}.`);
    return target;
  });
}
