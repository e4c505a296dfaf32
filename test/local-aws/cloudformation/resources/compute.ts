/** Lambda functions and the permissions to call them. */
import { dig, type Fields, fieldsOf, parseJson, textOf } from '../../values.ts';
import type { ResourceType } from './resourceType.ts';

const configuration = [
  'FunctionName',
  'Role',
  'Handler',
  'Runtime',
  'Description',
  'Timeout',
  'MemorySize',
  'Environment',
  'Architectures',
  'PackageType',
  'Layers',
];

const configured = (properties: Fields): Fields =>
  Object.fromEntries(
    configuration.flatMap(name => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );

/** moto wants a zip; inline code is wrapped as the smallest one there is. */
function codeOf(properties: Fields): Fields {
  const code = fieldsOf(properties['Code']);
  return textOf(code['ZipFile']) === undefined ? code : { ZipFile: emptyZip };
}
const emptyZip = Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]).toString('base64');

const base = '/2015-03-31/functions';

export const lambdaFunction: ResourceType = {
  nameProperty: 'FunctionName',
  nameOf: generated => generated.slice(-64),
  createOnly: ['FunctionName', 'PackageType'],
  required: ['Code', 'Role'],
  create: async (properties, calls) => {
    const body = JSON.stringify({ ...configured(properties), Code: codeOf(properties) });
    const answer = await calls.rest('lambda', {
      method: 'POST',
      path: base,
      body,
      headers: { 'content-type': 'application/json' },
    });
    const physicalId = textOf(properties['FunctionName']) ?? '';
    return { physicalId, attributes: { Arn: dig(parseJson(answer.body.toString()), 'FunctionArn') } };
  },
  update: async (existing, properties, calls) => {
    const path = `${base}/${existing.physicalId}`;
    const headers = { 'content-type': 'application/json' };
    if (JSON.stringify(properties['Code']) !== JSON.stringify(existing.properties['Code'])) {
      await calls.rest('lambda', {
        method: 'PUT',
        path: `${path}/code`,
        body: JSON.stringify(codeOf(properties)),
        headers,
      });
    }
    const body = JSON.stringify(configured(properties));
    if (body !== JSON.stringify(configured(existing.properties))) {
      await calls.rest('lambda', { method: 'PUT', path: `${path}/configuration`, body, headers });
    }
    return existing;
  },
  remove: async ({ physicalId }, calls) =>
    void (await calls.rest('lambda', { method: 'DELETE', path: `${base}/${physicalId}` })),
};

export const lambdaPermission: ResourceType = {
  createOnly: ['FunctionName', 'Action', 'Principal', 'SourceArn'],
  required: ['FunctionName', 'Action', 'Principal'],
  create: async (properties, calls) => {
    const { Action, Principal, SourceArn } = properties;
    const StatementId = `statement-${Date.now().toString(36)}`;
    const name = encodeURIComponent(String(properties['FunctionName']));
    const body = JSON.stringify({ Action, Principal, SourceArn, StatementId });
    await calls.rest('lambda', {
      method: 'POST',
      path: `${base}/${name}/policy`,
      body,
      headers: { 'content-type': 'application/json' },
    });
    return { physicalId: StatementId, attributes: { Id: StatementId } };
  },
  update: existing => Promise.resolve(existing),
  remove: async ({ physicalId, properties }, calls) => {
    const name = encodeURIComponent(String(properties['FunctionName']));
    await calls.rest('lambda', { method: 'DELETE', path: `${base}/${name}/policy/${physicalId}` });
  },
};
