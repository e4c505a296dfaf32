/**
 * Connections that are kept open between calls, and keep nothing of a call. Node's own agents remember the options of
 * the request that a connection was opened for as long as it is open, and with its headers its session token.
 */
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

export interface ForgetfulAgents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** As many connections as the AWS SDK's own agents open. */
const OPTIONS = { keepAlive: true, maxSockets: 50 };

export function forgetfulAgents(): ForgetfulAgents {
  return { httpAgent: new ForgetfulHttp(OPTIONS), httpsAgent: new ForgetfulHttps(OPTIONS) };
}

type Connect = HttpAgent['createConnection'];

class ForgetfulHttp extends HttpAgent {
  override createConnection(...[options, callback]: Parameters<Connect>): ReturnType<Connect> {
    return super.createConnection(withoutHeaders(options), callback);
  }
}

class ForgetfulHttps extends HttpsAgent {
  override createConnection(...[options, callback]: Parameters<Connect>): ReturnType<Connect> {
    return super.createConnection(withoutHeaders(options), callback);
  }
}

/** In place, since it is this very object that Node keeps; the headers are the request's by now. */
function withoutHeaders(options: ClientRequestArgs): ClientRequestArgs {
  delete options.headers;
  return options;
}
