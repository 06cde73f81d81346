import { describe, expect, it } from '@jest/globals';
import type { Source } from './prompt-reader.js';
import { weigh } from './weigh.js';

const CAUSES = {
  name: 'causes',
  options: [
    {
      label: 'certificate expired',
      description: 'the certificate that the server shows is past its end date',
    },
    { label: 'name does not exist', description: 'DNS says that there is no such name' },
    { label: 'paper jam', description: 'supported by a sheet in the tray; refuted by an empty tray' },
  ],
};
const seen = (id: string, text: string): Source => ({ id, title: '', text, kind: 'observation', fields: {} });

describe('weigh', () => {
  it('puts the cause first that an observation supports', () => {
    const [first] = weigh(
      'shop.example.org shows a warning',
      CAUSES,
      [seen('o1', 'The certificate of the server has expired, its end date was 2 May.')],
      6,
    );
    expect(first).toMatchObject({ option: 'certificate expired', supportedBy: ['o1'], refutedBy: [] });
  });

  it('counts an opposite observation against a cause', () => {
    const weighed = weigh(
      'the certificate expired?',
      CAUSES,
      [seen('o1', 'The certificate of the server is valid until May.')],
      6,
    );
    expect(weighed.find(({ option }) => option === 'certificate expired')).toMatchObject({
      supportedBy: [],
      refutedBy: ['o1'],
    });
  });

  it('reads what the description says of support and refutation', () => {
    const jammed = weigh('printer', CAUSES, [seen('o1', 'There is a sheet in the tray')], 6);
    expect(jammed.find(({ option }) => option === 'paper jam')?.supportedBy).toEqual(['o1']);
    const empty = weigh('paper jam in the printer', CAUSES, [seen('o1', 'The tray is empty')], 6);
    expect(empty.find(({ option }) => option === 'paper jam')?.refutedBy).toEqual(['o1']);
  });

  it('gives scores that sum to at most 1', () => {
    const weighed = weigh('certificate name paper', CAUSES, [], 6);
    expect(weighed.reduce((sum, { score }) => sum + score, 0)).toBeLessThanOrEqual(1);
  });
});
