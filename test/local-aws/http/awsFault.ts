/** An error as AWS reports it, before a protocol gives it its shape. */
export class AwsFault extends Error {
  readonly code: string;
  readonly status: number;
  /** For answers such as EC2's encoded message or SQS's legacy code. */
  readonly queryCode: string;

  constructor(code: string, message: string, status = 400, queryCode = code) {
    super(message);
    this.code = code;
    this.status = status;
    this.queryCode = queryCode;
  }
}

export const validationError = (message: string): AwsFault => new AwsFault('ValidationError', message);

/** What this local AWS does not do answers so, instead of something that looks like a result. */
export const notImplemented = (what: string): AwsFault =>
  new AwsFault('NotImplemented', `The local AWS does not implement ${what}.`, 501);
