import { against, type Cause, decides, excludes, fits, http, reported, supports, tls } from '../signs.js';

const SOUND = tls({ verification: ['ok'] });
const validity = (...is: string[]) => tls({ validity: is });
const trust = (...is: string[]) => tls({ trust: is });
const verification = (...is: string[]) => http({ verification: is });

const OPEN_SERVER_SIDE = 'Nothing has to be changed on your device.';

export const CERTIFICATE_CAUSES = {
  'server certificate expired': {
    description:
      'the certificate that the server shows, or one above it, is past its end date, for everybody',
    tell: `The operator of the server has to renew the certificate and install it with its whole chain. ${OPEN_SERVER_SIDE}`,
    signs: [
      decides(validity('expired')),
      decides(trust('expired issuer')),
      supports(verification('CERT_HAS_EXPIRED')),
      against(validity('valid')),
      excludes(trust('trusted')),
      excludes(validity('not yet valid')),
    ],
  },
  'device certificate expired': {
    description: 'the certificate of the user or the device lapsed while the one of the server is fine',
    tell: 'The certificate of the server is fine, so look at the certificate on the device: renew it if it has expired.',
    signs: [
      fits(SOUND),
      reported(
        /\b(?:device|client|user|machine|personal|my) certificate\b|\bcolleagues? (?:can )?connects?\b/i,
      ),
      excludes(validity('expired', 'not yet valid')),
    ],
  },
  'certificate not yet valid': {
    description: 'the certificate of the server begins in the future',
    tell: `The operator of the server has to install a certificate whose time has begun, or to correct the clock of the machine that issued it. ${OPEN_SERVER_SIDE}`,
    signs: [
      decides(validity('not yet valid')),
      supports(verification('CERT_NOT_YET_VALID')),
      excludes(validity('valid', 'expired')),
    ],
  },
  'wrong clock on the device': {
    description: 'the certificate is in date, but the device that complains has a wrong date or time',
    tell: 'The certificate of the server is in date, so check the date, the time and the time zone of the device and let it set its clock by itself.',
    signs: [
      fits(SOUND),
      reported(/\b(?:clock|date and time|wrong (?:date|time)|time zone|bios|battery|uhrzeit|systemzeit)\b/i),
      reported(/\bnot yet valid\b|\bhas expired\b|\bERR_CERT_DATE_INVALID\b/i),
      excludes(validity('expired', 'not yet valid')),
    ],
  },
  'certificate for another name': {
    description: 'the server shows a certificate that does not hold the name that was asked for',
    tell: 'Check that the name is the right one. If it is, the operator has to add it to the certificate or to the configuration of the server.',
    signs: [
      decides(tls({ 'name match': ['no'] })),
      supports(verification('ERR_TLS_CERT_ALTNAME_INVALID')),
      excludes(tls({ 'name match': ['yes'] })),
    ],
  },
  'incomplete certificate chain': {
    description: 'the server does not send the intermediate certificate, so some clients cannot verify it',
    tell: `The operator of the server has to install the intermediate certificates beside the certificate itself. ${OPEN_SERVER_SIDE}`,
    signs: [
      decides(trust('incomplete chain')),
      supports(verification('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY')),
      excludes(trust('trusted', 'self-signed', 'private authority')),
    ],
  },
  'certificate of an unknown authority': {
    description:
      'the certificate is self-signed or comes from a private authority that the client does not have',
    tell: 'Do not skip the warning. Ask the operator of the server whether its authority is meant to be installed on your device.',
    signs: [
      decides(trust('self-signed', 'private authority')),
      supports(verification('DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN')),
      excludes(trust('trusted')),
    ],
  },
} as const satisfies Readonly<Record<string, Cause>>;
