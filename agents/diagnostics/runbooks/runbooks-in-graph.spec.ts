import { describe, expect, it } from '@jest/globals';
import { SIMULATED_CASES } from '../../../src/engine/network/testing/simulator/cases.js';
import { support } from '../../../src/engine/network/testing/simulator/rig.js';

const caseOf = (name: string) => {
  const simulated = SIMULATED_CASES.find((one) => one.name === name);
  if (!simulated) throw new Error(`there is no case ${name}`);
  return simulated;
};

describe('a runbook in the whole graph, on the offline model', () => {
  it.each([
    ['expired certificate', /expired on \d{4}-\d\d-\d\d/],
    ['certificate for another name', /does not name shop\.larkfield\.example/],
    ['self-signed certificate', /self-signed/],
    ['service that is off', /refused the connection/],
    ['port behind a filter', /accepts connections on port/],
    ['two SPF records', /more than one SPF record/],
  ])(
    'tells what it saw and what it means: %s',
    async (name, seen) => {
      const simulated = caseOf(name);
      const { answer, critique, evidence, handoff, hypotheses } = await support(simulated);
      expect(handoff).toBeNull();
      expect(critique).toMatchObject({ verdict: 'accept', issues: [] });
      const placeOf = (id: string | undefined) => evidence.findIndex((item) => item.id === id) + 1;
      const deciding = hypotheses[0]?.decidedBy?.observation;
      const [finding, conclusion] = answer?.claims ?? [];
      expect(finding).toMatchObject({
        text: expect.stringMatching(seen),
        evidence: [deciding],
        supported: true,
      });
      expect(conclusion?.text).toContain(`: ${simulated.cause}.`);
      expect(answer?.text).toContain(`[${placeOf(deciding)}]`);
      expect(answer?.text).toContain(`[${placeOf(conclusion?.evidence[0])}]`);
    },
    30_000,
  );

  it('tells nothing for certain that it did not see', async () => {
    const { answer, hypotheses } = await support(caseOf('certificate of the device'));
    expect(hypotheses[0]?.decidedBy).toBeUndefined();
    expect(answer?.text ?? '').not.toContain('likely cause');
  });
});
