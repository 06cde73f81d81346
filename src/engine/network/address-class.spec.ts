import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { classifyAddress } from './address-class.js';

describe('the class of an address', () => {
  it.each([
    ['8.8.8.8', '8.8.8.8', 'unicast'],
    ['2606:4700::1111', '2606:4700::1111', 'unicast'],
    ['::ffff:8.8.8.8', '8.8.8.8', 'unicast'],
    ['64:ff9b::8.8.8.8', '64:ff9b::808:808', 'unicast'],
    ['::ffff:10.0.0.1', '10.0.0.1', 'private'],
    ['64:ff9b::127.0.0.1', '64:ff9b::7f00:1', 'loopback'],
    ['2002:7f00:1::', '2002:7f00:1::', '6to4'],
    ['2606:4700::5efe:10.0.0.1', '2606:4700::5efe:a00:1', 'private'],
    ['2001:0:808:808::', '2001:0:808:808::', 'teredo'],
    ['fe80::1%eth0', 'fe80::1%eth0', 'unreadable'],
    ['::169.254.169.254', '::a9fe:a9fe', 'metadata'],
    ['64:ff9b:1:a9fe:a9:fe00::', '64:ff9b:1:a9fe:a9:fe00::', 'metadata'],
    ['2001:0:1::5601:5601', '2001:0:1::5601:5601', 'metadata'],
    ['fd00:ec2::254', 'fd00:ec2::254', 'metadata'],
    ['4000::1', '4000::1', 'reserved'],
  ])('of %s is that of %s: %s', (text, address, name) => {
    expect(classifyAddress(text)).toEqual({ address, class: name });
  });

  it('of an IPv6 form is never better than that of the IPv4 address inside', () => {
    const forms = [
      '::ffff:',
      '::',
      '64:ff9b::',
      '::ffff:0:',
      '2606:4700:1:1:0:5efe:',
      '2606:4700:1:1:200:5efe:',
    ];
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom(...forms), (inner, form) => {
        const [outside, inside] = [classifyAddress(`${form}${inner}`).class, classifyAddress(inner).class];
        if (inside !== 'unicast') expect(outside).not.toBe('unicast');
        if (inside === 'metadata') expect(outside).toBe('metadata');
      }),
      { numRuns: 1_000 },
    );
  });
});
