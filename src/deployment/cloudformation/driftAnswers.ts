/** What AWS says of a stack's drift and policy, parsed at the edge. */
import * as v from 'valibot';
import type { DriftedResource } from '../engine.ts';
import type { DriftDetection } from './cloudFormation.ts';

const text = v.optional(v.string());

export const StackPolicyAnswer = v.pipe(
  v.object({ StackPolicyBody: text }),
  v.transform(({ StackPolicyBody }) => StackPolicyBody),
);

export const DriftIdAnswer = v.pipe(
  v.object({ StackDriftDetectionId: v.string() }),
  v.transform(({ StackDriftDetectionId }) => StackDriftDetectionId),
);

export const DriftAnswer = v.pipe(
  v.object({
    DetectionStatus: v.string(),
    DetectionStatusReason: text,
    StackDriftStatus: v.optional(v.string(), 'UNKNOWN'),
  }),
  v.transform(
    (answer): DriftDetection => ({
      status: answer.DetectionStatus,
      ...(answer.DetectionStatusReason ? { statusReason: answer.DetectionStatusReason } : {}),
      stackStatus: answer.StackDriftStatus,
    }),
  ),
);

const Difference = v.pipe(
  v.object({
    PropertyPath: v.string(),
    DifferenceType: v.string(),
    ExpectedValue: v.optional(v.string(), ''),
    ActualValue: v.optional(v.string(), ''),
  }),
  v.transform(({ PropertyPath, DifferenceType, ExpectedValue, ActualValue }) => ({
    path: PropertyPath,
    kind: DifferenceType,
    expected: ExpectedValue,
    actual: ActualValue,
  })),
);

const Drift = v.pipe(
  v.object({
    LogicalResourceId: v.string(),
    PhysicalResourceId: text,
    ResourceType: v.string(),
    StackResourceDriftStatus: v.string(),
    PropertyDifferences: v.optional(v.array(Difference), []),
  }),
  v.transform(
    (drift): DriftedResource => ({
      address: drift.LogicalResourceId,
      ...(drift.PhysicalResourceId ? { physicalId: drift.PhysicalResourceId } : {}),
      type: drift.ResourceType,
      status: drift.StackResourceDriftStatus,
      differences: drift.PropertyDifferences,
    }),
  ),
);

export const ResourceDriftsAnswer = v.pipe(
  v.object({ StackResourceDrifts: v.optional(v.array(Drift), []), NextToken: text }),
  v.transform(({ StackResourceDrifts, NextToken }) => ({
    items: StackResourceDrifts,
    ...(NextToken === undefined ? {} : { nextToken: NextToken }),
  })),
);
