/**
 * Credentials for a client of the AWS SDK, given so that the SDK keeps no plain text of them: it asks anew at every
 * signature, what it remembers of one is forgotten when the signature is there, and so are the headers of a request.
 */
import {
  clearCredentialCache,
  SignatureV4,
  type SignatureV4CryptoInit,
  type SignatureV4Init,
} from '@smithy/signature-v4';
import { type ForgetfulAgents, forgetfulAgents } from './forgetfulAgents.ts';
import { PATIENCE, type Patience } from './patience.ts';
import type { Credentials } from './session.ts';
import { hideSharedKeys } from './sharedFilesApi.ts';

export interface SdkIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SdkAccess {
  readonly credentials: () => Promise<SdkIdentity>;
  readonly signerConstructor: typeof ForgetfulSigner;
  readonly requestHandler: Patience & ForgetfulAgents;
}

/** Options for any client. Once the secrets are destroyed, the client's calls fail: see `Secret.destroy`. */
export function sdkAccess(credentials: Credentials, patience: Patience = PATIENCE): SdkAccess {
  hideSharedKeys();
  const reveal = async (): Promise<SdkIdentity> => ({
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey.reveal(),
    ...(credentials.sessionToken ? { sessionToken: credentials.sessionToken.reveal() } : {}),
  });
  // So marked, the SDK does not wrap it in a memory of its own: `resolveAwsSdkSigV4Config`.
  const provider = Object.assign(reveal, { memoized: true });
  const requestHandler = { ...patience, ...forgetfulAgents() };
  return { credentials: provider, signerConstructor: ForgetfulSigner, requestHandler };
}

/** A request and how to sign it. */
type Signing = Parameters<SignatureV4['sign']>;

/** The SDK's signer keeps derived keys in a table of the process, whose keys contain session tokens as they are. */
class ForgetfulSigner {
  readonly #signer: SignatureV4;

  constructor(init: SignatureV4Init & SignatureV4CryptoInit) {
    this.#signer = new SignatureV4(init);
  }

  async sign(...signing: Signing): Promise<Signing[0]> {
    try {
      return await this.#signer.sign(...signing);
    } finally {
      clearCredentialCache();
    }
  }
}
