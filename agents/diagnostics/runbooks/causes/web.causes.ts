import { against, type Cause, decides, excludes, http, supports } from '../signs.js';

const status = (...is: string[]) => http({ status: is });
const redirects = (...is: string[]) => http({ redirects: is });
const slowest = (...is: string[]) => http({ 'slowest phase': is, connection: ['ok'] });

const WELL = http({ 'status class': ['2xx'] });
const ARRIVED = redirects('none', 'followed');

export const WEB_CAUSES = {
  'application error on the server': {
    description: 'the site answers with an error of its own program (status 500)',
    tell: 'The program behind the site fails. Its operator finds the reason in its log. On your side there is nothing to change.',
    signs: [decides(status('500', '501', '505', '507', '508')), excludes(WELL)],
  },
  'backend not available': {
    description:
      'the front of the site answers, but the server behind it is overloaded or off (502, 503, 504)',
    tell: 'The server behind the site is overloaded, in maintenance or off. Its operator has to start it again. Try later.',
    signs: [decides(status('502', '503', '504')), excludes(WELL)],
  },
  'page not found': {
    description: 'the site works, but it has no such page (404)',
    tell: 'The site itself works. Check the address of the page, or begin at its start page.',
    signs: [decides(status('404', '410')), excludes(WELL)],
  },
  'access refused by the site': {
    description: 'the site works, but it wants a sign-in or refuses the visitor (401, 403)',
    tell: 'The site itself works but refuses the request. Sign in with an account that has the right, or ask its operator for access.',
    signs: [decides(status('401', '403', '407')), excludes(WELL)],
  },
  'redirect loop': {
    description: 'the pages of the site redirect to each other in a circle',
    tell: 'The site sends every visitor in a circle. Its operator has to correct the redirect, often the one between http and https behind a proxy. Deleting the cookies of the site is worth a try.',
    signs: [decides(redirects('loop')), excludes(ARRIVED)],
  },
  'redirect chain too long': {
    description: 'the site redirects on and on without coming back and never arrives',
    tell: 'The site redirects on and on and never shows a page. Its operator has to correct the redirects.',
    signs: [decides(redirects('too many')), excludes(ARRIVED)],
  },
  'slow DNS': {
    description: 'looking up the name takes most of the time',
    tell: 'Most of the time goes into looking up the name. Look at the DNS servers of your network and of the domain.',
    signs: [decides(slowest('dns')), excludes(slowest('none')), against(slowest('connect', 'tls', 'server'))],
  },
  'slow TLS handshake': {
    description: 'agreeing on encryption takes most of the time: an overloaded server or an inspecting proxy',
    tell: 'Most of the time goes into the TLS handshake. Have the operator look at the load of the server or of the proxy before it.',
    signs: [decides(slowest('tls')), excludes(slowest('none')), against(slowest('dns', 'connect', 'server'))],
  },
  'slow server': {
    description: 'the server takes long to make the page while name, connection and encryption are quick',
    tell: 'Name, connection and encryption are quick, the server itself is slow. Its operator has to look at the program and its database.',
    signs: [decides(slowest('server')), excludes(slowest('none')), against(slowest('dns', 'connect', 'tls'))],
  },
  'slow network': {
    description: 'connecting or receiving the page takes most of the time: the network between is slow',
    tell: 'Most of the time goes into the network between you and the server. Compare with another network.',
    signs: [supports(slowest('connect', 'download')), excludes(slowest('none', 'dns', 'tls', 'server'))],
  },
} as const satisfies Readonly<Record<string, Cause>>;
