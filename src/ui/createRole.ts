import type { HandlersInput } from './commandHandlers.ts';
export async function createAgentRole(_input: HandlersInput): Promise<void> {
  await Promise.resolve();
}
