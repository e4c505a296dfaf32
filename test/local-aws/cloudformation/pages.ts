/** Pages of 100, as CloudFormation gives them. */
import { validationError } from '../http/awsFault.ts';
import { type Fields, textOf } from '../values.ts';

const pageSize = 100;

/** The token names the last item shown, counted from the end: what happens meanwhile only adds at the front. */
export function paged(name: string, items: readonly unknown[], given: Fields): Fields {
  const token = textOf(given['NextToken']);
  const start = token === undefined ? 0 : startOf(token, items.length);
  const page = items.slice(start, start + pageSize);
  const left = items.length - start - page.length;
  return {
    [name]: page,
    ...(left > 0 ? { NextToken: Buffer.from(`left:${left}`).toString('base64url') } : {}),
  };
}

function startOf(token: string, length: number): number {
  const left = Number(/^left:(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1]);
  if (Number.isNaN(left) || left > length) throw validationError('Invalid NextToken');
  return length - left;
}
