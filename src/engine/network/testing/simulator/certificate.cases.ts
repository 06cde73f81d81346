import { daysFromNow, issue } from '../certificates.js';
import { chainFor, ISSUING, ROOT, selfSignedFor } from './authorities.js';
import { hostWorld, SHOP, type SimulatedCase, VPN } from './case.js';
import { web } from './services.js';

const lapsed = issue({
  ...{ name: 'Larkfield Old CA', issuer: ROOT, authority: true },
  ...{ from: daysFromNow(-900), to: daysFromNow(-3) },
});
const foreign = issue({ name: 'Larkfield Lab Root', authority: true });
const under = (issuer: typeof ROOT) => [issue({ name: SHOP, issuer, dnsNames: [SHOP] }), issuer];

const showing = (certificates: Parameters<typeof web>[0] & object, host = SHOP) =>
  hostWorld(host, { web: web(certificates) });
const sound = showing({ certificates: chainFor(SHOP) });

/** Certificates that are wrong, and certificates that are blamed without reason. */
export const CERTIFICATE_CASES: readonly SimulatedCase[] = [
  {
    name: 'expired certificate',
    world: showing({ certificates: chainFor(SHOP, { from: -100, to: -4 }) }),
    question: `Since this week https://${SHOP}:{web}/ warns that its certificate is not valid.`,
    runbook: 'certificate problem',
    cause: 'server certificate expired',
    lookAlikes: ['missing intermediate', 'clock of the device ahead', 'certificate of tomorrow'],
  },
  {
    name: 'expired issuer',
    world: showing({ certificates: under(lapsed) }),
    question: `Old tablets show a certificate warning for https://${SHOP}:{web}/, something has expired.`,
    runbook: 'certificate problem',
    cause: 'server certificate expired',
    lookAlikes: ['missing intermediate', 'authority of the lab'],
  },
  {
    name: 'certificate of tomorrow',
    world: showing({ certificates: chainFor(SHOP, { from: 2, to: 90 }) }),
    question: `https://${SHOP}:{web}/ warns that its certificate is not yet valid.`,
    runbook: 'certificate problem',
    cause: 'certificate not yet valid',
    lookAlikes: ['clock of the device behind', 'expired certificate'],
  },
  {
    name: 'clock of the device behind',
    world: sound,
    question: `After its battery was changed my laptop says that the certificate of https://${SHOP}:{web}/ is not yet valid; its clock shows another date.`,
    runbook: 'certificate problem',
    cause: 'wrong clock on the device',
    lookAlikes: ['certificate of tomorrow'],
  },
  {
    name: 'clock of the device ahead',
    world: sound,
    question: `My tablet says that the certificate of https://${SHOP}:{web}/ has expired. The date and time on it look odd.`,
    runbook: 'certificate problem',
    cause: 'wrong clock on the device',
    lookAlikes: ['expired certificate', 'certificate of the device'],
  },
  {
    name: 'certificate of the device',
    world: showing({ certificates: chainFor(VPN) }, VPN),
    question: `The VPN client says for ${VPN}:{web} that the certificate has expired. Colleagues connect without trouble.`,
    runbook: 'certificate problem',
    cause: 'device certificate expired',
    lookAlikes: ['expired certificate', 'clock of the device ahead'],
    ambiguous: true,
  },
  {
    name: 'certificate warning without a cause',
    world: sound,
    question: `There was a certificate warning at https://${SHOP}:{web}/ this morning.`,
    runbook: 'certificate problem',
    cause: 'works from here',
    lookAlikes: ['expired certificate', 'missing intermediate'],
    ambiguous: true,
  },
  {
    name: 'certificate for another name',
    world: showing({ certificates: chainFor('other.larkfield.example') }),
    question: `The browser does not trust the certificate of https://${SHOP}:{web}/.`,
    runbook: 'certificate problem',
    cause: 'certificate for another name',
    lookAlikes: ['missing intermediate', 'self-signed certificate'],
  },
  {
    name: 'missing intermediate',
    world: showing({ certificates: chainFor(SHOP).slice(0, 1) }),
    question: `Some phones do not trust the certificate of https://${SHOP}:{web}/, others do.`,
    runbook: 'certificate problem',
    cause: 'incomplete certificate chain',
    lookAlikes: ['expired certificate', 'self-signed certificate'],
  },
  {
    name: 'self-signed certificate',
    world: showing({ certificates: selfSignedFor(SHOP) }),
    question: `https://${SHOP}:{web}/ shows NET::ERR_CERT_AUTHORITY_INVALID.`,
    runbook: 'certificate problem',
    cause: 'certificate of an unknown authority',
    lookAlikes: ['missing intermediate', 'certificate for another name'],
  },
  {
    name: 'authority of the lab',
    world: showing({ certificates: [...under(foreign)] }),
    question: `Our script fails at https://${SHOP}:{web}/ with “certificate verify failed”.`,
    runbook: 'certificate problem',
    cause: 'certificate of an unknown authority',
    lookAlikes: ['missing intermediate', 'expired issuer'],
  },
  {
    name: 'weeks before the end',
    world: showing({
      certificates: [issue({ name: SHOP, issuer: ISSUING, dnsNames: [SHOP], to: daysFromNow(12) }), ISSUING],
    }),
    question: `Is the certificate of https://${SHOP}:{web}/ expired? I saw a warning.`,
    runbook: 'certificate problem',
    cause: 'works from here',
    lookAlikes: ['expired certificate'],
    ambiguous: true,
  },
];
