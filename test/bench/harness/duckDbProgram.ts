// DuckDB reads CloudTrail files and answers two of our questions, in a process of its own. Prints its findings as JSON.
//   node duckDbProgram.ts FOLDER
import { performance } from 'node:perf_hooks';

interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): readonly (readonly unknown[])[] }>;
}

// By a name that is not known before, so that all of this compiles where it is not installed.
const name = '@duckdb/node-api';
const { DuckDBInstance } = await import(name);
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
