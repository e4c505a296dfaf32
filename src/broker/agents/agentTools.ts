/** Every agent tool that No Wing knows how to set up, in the order in which they are shown. */
import type { AgentTool } from './agentTool.ts';
import { claudeCode } from './claudeCode.ts';
import { codex } from './codex.ts';
import { editorTools } from './editorTools.ts';
import { geminiCli } from './geminiCli.ts';
import { launchedTools } from './launchedTools.ts';

export const agentTools: readonly AgentTool[] = [
  claudeCode,
  codex,
  geminiCli,
  ...launchedTools,
  ...editorTools,
];
