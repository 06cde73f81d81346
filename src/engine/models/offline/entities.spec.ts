import { describe, expect, it } from '@jest/globals';
import { mentionsOf, namesOf } from './entities.js';

const values = (kind: string, text: string) => mentionsOf(kind, text).map(({ value }) => value);

describe('mentionsOf', () => {
  it.each([
    [
      'hostname',
      'shop.larkfield.example is down, see report.pdf and me@example.org',
      ['shop.larkfield.example'],
    ],
    [
      'hostname',
      'open https://a.example.com/x or \\\\files.larkfield.example\\teams',
      ['a.example.com', 'files.larkfield.example'],
    ],
    ['hostname', 'It stopped.Then it died, e.g. today', []],
    ['url', 'see https://a.example.com/x?y=1.', ['https://a.example.com/x?y=1']],
    ['email', 'write to bob@example.org, please', ['bob@example.org']],
    ['ip', 'from 10.20.30.40 and 2001:db8::1, not 999.1.1.1', ['10.20.30.40', '2001:db8::1']],
    [
      'error_code',
      'error 13806, then LL-4102, 0x80070643 and ERR_CERT_DATE_INVALID',
      ['13806', 'LL-4102', '0x80070643', 'ERR_CERT_DATE_INVALID'],
    ],
    ['port', 'open TCP 8443 on sftp.example.com:2222', ['8443', '2222']],
    ['path', 'C:\\Windows\\Temp and /var/log/syslog', ['C:\\Windows\\Temp', '/var/log/syslog']],
    ['version', 'version 4.2.1 on Windows 11', ['4.2.1', 'Windows 11']],
    ['date', 'since 2026-11-05, until 3 December', ['2026-11-05', '3 December']],
    ['colour', 'it is red', []],
  ])('%s in "%s"', (kind, text, expected) => {
    expect(values(kind, text)).toEqual(expected);
  });

  it('tells each mention once, where it stands first', () => {
    const text = 'a.example.com fails, A.EXAMPLE.COM fails';
    expect(mentionsOf('host name', text)).toEqual([{ value: 'a.example.com', start: 0 }]);
  });
});

describe('namesOf', () => {
  it('finds names of the prompt in the message, as the message writes them', () => {
    expect(
      namesOf(['The VPN client Larkfield Connect: drops'], 'larkfield connect hangs').map(
        ({ value }) => value,
      ),
    ).toContain('larkfield connect');
  });
});
