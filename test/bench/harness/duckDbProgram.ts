// DuckDB reads CloudTrail files and answers two of our questions, in a process of its own. Prints its findings as JSON.
//   node duckDbProgram.ts FOLDER
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): readonly (readonly unknown[])[] }>;
}

// From where `ensure` has put it.
const require = createRequire(join(process.env['NO_WING_DUCKDB'] ?? '', 'x.js'));
const { DuckDBInstance } = require('@duckdb/node-api');
const connection: Connection = await (await DuckDBInstance.create(':memory:')).connect();

const FIELDS = ['eventTime', 'eventID', 'eventName', 'eventSource', 'awsRegion', 'errorCode'];
const TEXTS = [...FIELDS, 'recipientAccountId', 'userAgent', 'sourceIPAddress'];
const RECORD = `STRUCT(${TEXTS.map(text => `${text} VARCHAR`).join(', ')}, userIdentity STRUCT(arn VARCHAR, accessKeyId VARCHAR))`;
const files = `${process.argv[2]}/**/*.json.gz`.replaceAll("'", "''");

const read = await timed(
  `CREATE TABLE event AS SELECT record.*, record.userIdentity.arn AS actor FROM (SELECT unnest(Records) AS record
   FROM read_json('${files}', columns = {Records: '${RECORD}[]'}, maximum_object_size = 268435456))`,
);
const [[events] = []] = (await connection.runAndReadAll('SELECT count(*) FROM event')).getRows();
console.log(
  JSON.stringify({
    perSecond: (Number(events) * 1000) / read,
    matrix: await timed('SELECT actor, eventName, count(*) FROM event GROUP BY ALL ORDER BY 3 DESC'),
    actor: await timed(
      'SELECT * FROM event WHERE actor = (SELECT actor FROM event LIMIT 1) ORDER BY eventTime DESC LIMIT 200',
    ),
  }),
);

/** In milliseconds. */
async function timed(sql: string): Promise<number> {
  const began = performance.now();
  await connection.runAndReadAll(sql);
  return performance.now() - began;
}
