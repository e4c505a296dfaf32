// What the tests of prices ask as, and with.
import type { Prices } from '../../../../src/deployment/guardrails/prices.ts';
import { unknown } from '../../../../src/guardrail/fact.ts';
import { agentProfile, sessionOf } from '../window.ts';

export const SESSION = sessionOf(agentProfile);

export const noPrices: Prices = { for: () => async () => unknown('nobody was asked') };
