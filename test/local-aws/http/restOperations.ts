/** Operations of REST services that carry no name in the request. The names are CloudTrail's, dates and all. */
import { type Fields, fieldsOf, parseJson } from '../values.ts';

interface RestRequest {
  readonly method: string;
  readonly body: Buffer;
}

const lambda: readonly (readonly [method: string, path: RegExp, operation: string])[] = [
  ['POST', /^\/2015-03-31\/functions\/?$/, 'CreateFunction20150331'],
  ['GET', /^\/2015-03-31\/functions\/?$/, 'ListFunctions20150331'],
  ['POST', /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/invocations$/, 'Invoke'],
  ['POST', /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/policy$/, 'AddPermission20150331v2'],
  ['GET', /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/policy$/, 'GetPolicy20150331v2'],
  [
    'DELETE',
    /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/policy\/(?<StatementId>[^/]+)$/,
    'RemovePermission20150331v2',
  ],
  ['PUT', /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/code$/, 'UpdateFunctionCode20150331v2'],
  [
    'PUT',
    /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/configuration$/,
    'UpdateFunctionConfiguration20150331v2',
  ],
  [
    'GET',
    /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/configuration$/,
    'GetFunctionConfiguration20150331v2',
  ],
  ['GET', /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)$/, 'GetFunction20150331v2'],
  ['DELETE', /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)$/, 'DeleteFunction20150331'],
];

export function restOperation(
  service: string,
  request: RestRequest,
  url: URL,
): { operation: string; parameters: Fields } {
  const body = fieldsOf(parseJson(request.body.toString()));
  const rules = service === 'lambda' ? lambda : [];
  for (const [method, path, operation] of rules) {
    const found = method === request.method ? path.exec(url.pathname) : null;
    if (found !== null) return { operation, parameters: { ...decoded(found.groups), ...body } };
  }
  return { operation: guessed(request.method, url.pathname), parameters: body };
}

const decoded = (groups: Record<string, string> | undefined): Fields =>
  Object.fromEntries(Object.entries(groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]));

/** `GET /v1/apis/abc` reads as `GetApis`: enough to record and to authorize by service. */
function guessed(method: string, path: string): string {
  const verbs: Readonly<Record<string, string>> = {
    GET: 'Get',
    POST: 'Create',
    PUT: 'Put',
    PATCH: 'Update',
    DELETE: 'Delete',
    HEAD: 'Head',
  };
  const noun = path.split('/').find(step => /^[a-z][a-z-]+$/i.test(step)) ?? 'Resource';
  return (verbs[method] ?? method) + noun.charAt(0).toUpperCase() + noun.slice(1);
}
