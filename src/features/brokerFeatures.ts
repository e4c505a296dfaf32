/** How a process gets an identity, wired. */
import type { Clock } from '../base/clock.ts';
import type { Disposables } from '../base/disposables.ts';
import { createBroker } from '../broker/broker.ts';
import { userPrincipals } from '../broker/brokerInput.ts';
import { createClients } from '../broker/clients.ts';
import { createHandouts } from '../broker/handouts.ts';
import { createOffice } from '../broker/office.ts';
import { createServingStore } from '../broker/servingStore.ts';
import type { Features, FeaturesInput } from '../features.ts';
import type { Database } from '../store/database.ts';
import type { IdentityFeatures } from './identityFeatures.ts';

export function brokerFeatures(
  { directory, log }: FeaturesInput,
  { keychain, sessions, profiles }: IdentityFeatures,
  db: Database,
  clock: Clock,
  ended: Disposables,
): Pick<Features, 'clients' | 'handouts' | 'broker' | 'openPrivateBroker'> {
  const office = createOffice({ db, keychain, directory, clock, log });
  const clients = ended.add(createClients(office));
  const handouts = createHandouts(db, clock.now);
  const broker = ended.add(
    createBroker({
      office,
      clients,
      serving: createServingStore(db),
      handouts,
      sessions,
      profiles,
      clock,
    }),
  );
  const openPrivateBroker: Features['openPrivateBroker'] = async order => {
    const broker = await import('../broker/privateBroker.ts');
    const principals = () => userPrincipals(profiles.list());
    return broker.openPrivateBroker({
      ...order,
      ...office,
      files: order.files ?? office.files,
      handouts,
      session: order.session ?? sessions.get,
      userPrincipals: principals,
    });
  };
  return { clients, handouts, broker, openPrivateBroker };
}
