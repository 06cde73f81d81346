import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { logExcerpt } from './log-analyze.tool.js';
import { logSignatures } from './log-signatures.js';

const LOGS: readonly (readonly [string, string, Record<string, unknown>])[] = [
  [
    'Java with a root cause',
    `2026-11-20 10:01:02,123 [http-1] ERROR com.larkfield.shop.CartService - Cannot load cart 4711
java.lang.IllegalStateException: cart 4711 is gone
	at com.larkfield.shop.CartService.load(CartService.java:42)
	at java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.net.ConnectException: Connection refused (Connection refused)
	at java.base/sun.nio.ch.Net.connect0(Native Method)
	... 12 more
2026-11-20 10:01:03,001 [http-1] INFO com.larkfield.shop.CartService - no error here`,
    {
      type: 'java.net.ConnectException',
      example: 'Connection refused (Connection refused)',
      component: 'com.larkfield.shop.CartService',
      first: '2026-11-20 10:01:02,123',
    },
  ],
  [
    'Python',
    `2026-11-20 10:01:02,123 - app.db - ERROR - query failed
Traceback (most recent call last):
  File "/srv/app/db.py", line 42, in query
    cursor.execute(sql)
psycopg2.errors.OperationalError: could not connect to server: Connection timed out`,
    { type: 'psycopg2.errors.OperationalError', component: 'app.db' },
  ],
  [
    'Node',
    `Error: connect ECONNREFUSED 10.0.0.5:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)
    at async Store.open (/srv/app/store.js:12:5)`,
    {
      type: 'Error',
      example: 'connect ECONNREFUSED 10.0.0.5:5432',
      template: 'connect ECONNREFUSED <address>',
    },
  ],
  [
    '.NET in one line',
    `Unhandled exception. System.InvalidOperationException: Cart failed ---> System.Net.Sockets.SocketException (111): Connection refused
   at Larkfield.Shop.Cart.Load(Int32 id) in /src/Cart.cs:line 42
   at System.Threading.Tasks.Task.Execute()`,
    { type: 'System.Net.Sockets.SocketException', component: 'Larkfield.Shop.Cart.Load' },
  ],
  [
    'Go',
    `panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
main.load(...)
	/srv/shop/cart.go:42 +0x1d
exit status 2`,
    { type: 'panic', example: 'runtime error: index out of range [3] with length 3', component: 'cart.go' },
  ],
  [
    'a Windows event',
    `Log Name:      Application
Source:        Application Error
Date:          20/11/2026 10:01:02
Event ID:      1000
Level:         Error
Description: Faulting application name: Ledgerline.exe, version: 4.2.0.1`,
    { type: 'Event 1000', component: 'Application Error', first: '20/11/2026 10:01:02' },
  ],
  [
    'syslog',
    'Nov 20 10:01:02 gw1 charon[812]: received AUTHENTICATION_FAILED notify error for 10.0.0.9',
    {
      type: 'error',
      component: 'charon',
      template: 'received AUTHENTICATION_FAILED notify error for <address>',
    },
  ],
  [
    "nginx's error log",
    '2026/11/20 10:01:02 [error] 123#0: *45 connect() failed (111: Connection refused) while connecting to upstream',
    { type: 'error', example: 'connect() failed (111: Connection refused) while connecting to upstream' },
  ],
  [
    "nginx's access log",
    '10.0.0.1 - - [20/Nov/2026:10:01:02 +0000] "GET /cart?id=1 HTTP/1.1" 502 157 "-" "curl"',
    { example: 'HTTP 502 for GET /cart', component: 'web server' },
  ],
];

describe('the errors of a log', () => {
  it.each(LOGS)('are read from %s', (_, text, signature) => {
    for (const written of [text, text.replaceAll('\n', '\r\n')]) {
      const { errors, signatures } = logSignatures(written);
      expect(errors).toBe(1);
      expect(signatures).toEqual([expect.objectContaining({ count: 1, ...signature })]);
    }
    expect(logExcerpt([{ name: 'message', text: `Hello,\n${text}\nThanks, Ann` }])).toContain(
      text.split('\n')[0],
    );
  });

  it('are grouped by what their repetitions share, the most frequent first', () => {
    const line = (at: number, message: string) => `2026-11-20T10:00:0${at}Z ERROR shop.Db: ${message}`;
    const { errors, signatures } = logSignatures(
      [
        line(1, 'disk /var/lib/data is full'),
        line(2, 'timeout after 3000 ms for 10.0.0.1:5432 (id 6f1c2a9e-0b1d-4c3e-9f00-1234567890ab)'),
        '2026-11-20T10:00:03Z INFO shop.Db: timeout is set to 5',
        line(4, 'timeout after 4100 ms for 10.0.0.2:5432 (id 0a0b2a9e-0b1d-4c3e-9f00-ba0987654321)'),
      ].join('\n'),
    );
    expect(errors).toBe(3);
    expect(signatures.map(({ count, first, last }) => [count, first, last])).toEqual([
      [2, '2026-11-20T10:00:02Z', '2026-11-20T10:00:04Z'],
      [1, '2026-11-20T10:00:01Z', '2026-11-20T10:00:01Z'],
    ]);
    expect(signatures[0]?.template).toBe('timeout after <n> ms for <address> (id <id>)');
  });

  it.each([
    'our VPN certificate expired, what now?',
    'Hello, since 20/11/2026 10:00:00 the printer is offline. Error 13806.',
    'I get an error when I open the file at C:\\Users\\ann\\report.docx (see line 3)',
    '',
  ])('are not seen in a plain message: %j', (text) => {
    expect(logExcerpt([{ name: 'message', text }])).toBeNull();
  });

  it('never number more than the lines that look like a log, whatever the text', () => {
    const fragment = fc.constantFrom(...LOGS.flatMap(([, text]) => text.split('\n')), '---> ', '{', '\u0000');
    const text = fc.array(fc.oneof(fragment, fc.string({ unit: 'binary' })), { maxLength: 60 });
    fc.assert(
      fc.property(text, (lines) => {
        const summary = logSignatures(lines.join('\n'));
        const counted = summary.signatures.reduce((sum, { count }) => sum + count, 0);
        expect(counted).toBe(summary.errors);
        expect(summary.errors).toBeLessThanOrEqual(summary.recognised);
        expect(summary.recognised).toBeLessThanOrEqual(summary.lines);
      }),
    );
  });

  it('stay cheap to read where a text is made to be slow', () => {
    const hostile = [
      'a.',
      'Error: ',
      ' at ',
      '[',
      '"',
      "'",
      '/a',
      '0',
      '\\',
      '1.',
      ' - ',
      'x@',
      '---> ',
      '[a] ',
      'a: ',
    ];
    for (const piece of hostile) {
      const text = piece.repeat(1_100_000 / piece.length);
      expect(logSignatures(text)).toMatchObject({ lines: 1, cut: true });
    }
    const { signatures } = logSignatures(
      Array.from({ length: 5_000 }, (_, at) => `ERROR kind${'x'.repeat(at)}`).join('\n'),
    );
    expect(signatures).toHaveLength(200);
  });
});
