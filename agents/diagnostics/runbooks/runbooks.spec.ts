import { describe, expect, it } from '@jest/globals';
import {
  brierScore,
  calibrationError,
  fitWeights,
  type Moment,
  momentsOfAll,
} from '../../../src/engine/network/testing/simulator/calibration.js';
import type { SimulatedCase } from '../../../src/engine/network/testing/simulator/case.js';
import { SIMULATED_CASES } from '../../../src/engine/network/testing/simulator/cases.js';
import { type Diagnosed, diagnose } from '../../../src/engine/network/testing/simulator/rig.js';
import { WEIGHTS } from '../weights.js';
import { adviceOn } from './causes.js';
import { aimAt, plansFor } from './plan.js';
import { chooseRunbook, RUNBOOK_NAMES, RUNBOOKS } from './runbooks.js';

const cases = new Map(SIMULATED_CASES.map((simulated) => [simulated.name, simulated]));
const settled = SIMULATED_CASES.filter(({ ambiguous }) => !ambiguous);

const played = new Map<string, Promise<Diagnosed>>();
/** Plays a case once, however many tests ask. */
function play(simulated: SimulatedCase): Promise<Diagnosed> {
  const playing = played.get(simulated.name) ?? diagnose(simulated);
  played.set(simulated.name, playing);
  return playing;
}

/** One after the other: who is slow must not be slow because of the others. */
async function playAll(): Promise<Diagnosed[]> {
  const all: Diagnosed[] = [];
  for (const simulated of SIMULATED_CASES) all.push(await play(simulated));
  return all;
}

describe('runbooks in the fault simulator', () => {
  it.each(settled.map((simulated) => [simulated.name, simulated] as const))(
    'finds the cause of: %s',
    async (_, simulated) => {
      const { observations, evidence, hypotheses, events } = await play(simulated);
      const [leader] = hypotheses;
      expect(leader?.cause).toBe(simulated.cause);
      expect(leader?.probability).toBeGreaterThan(0.6);

      // The runbook says which of its steps decided, and where.
      const { runbook, step, observation } = leader?.decidedBy ?? {};
      expect(runbook).toBe(simulated.runbook);
      expect(RUNBOOKS[simulated.runbook].steps.map(({ name }) => name)).toContain(step);
      expect(leader?.supportedBy).toContain(observation);
      const told = events.flatMap((event) =>
        event.channel === 'custom' && event.name === 'progress' ? [event.payload.text] : [],
      );
      expect(told).toContain(`The step “${step}” decided: ${simulated.cause}`);

      // What it means for the user stands among the observations, and an answer can cite it.
      const conclusion = observations.at(-1);
      expect(conclusion).toMatchObject({ tool: 'diagnosis' });
      expect(conclusion?.summary).toBe(adviceOn(simulated.cause, conclusion?.target ?? ''));
      expect(evidence.at(-1)).toMatchObject({ id: conclusion?.id, quote: conclusion?.summary });
    },
    30_000,
  );

  it.each(SIMULATED_CASES.map(({ name, lookAlikes }) => [name, lookAlikes] as const))(
    'is not misled by what looks like: %s',
    async (name, lookAlikes) => {
      const simulated = cases.get(name);
      for (const lookAlike of lookAlikes) {
        const other = cases.get(lookAlike);
        if (!simulated || !other) throw new Error(`there is no case ${lookAlike}`);
        expect(other.cause).not.toBe(simulated.cause);
      }
    },
  );

  it('leaves open what cannot be told from here', async () => {
    for (const simulated of SIMULATED_CASES.filter(({ ambiguous }) => ambiguous)) {
      const { hypotheses } = await play(simulated);
      expect(hypotheses.map(({ cause }) => cause)).toContain(simulated.cause);
    }
  });

  it('is as sure as it is right', async () => {
    const moments = momentsOfAll(await playAll());
    const ends = moments.filter(({ isLast }) => isLast);
    expect(brierScore(moments)).toBeLessThan(0.15);
    expect(calibrationError(moments)).toBeLessThan(0.1);
    expect(brierScore(ends)).toBeLessThan(0.015);
    // Of this 0.05 is what the board keeps for something else.
    expect(calibrationError(ends)).toBeLessThan(0.1);
    // Weights that say nothing are what this must beat.
    const mute = { decides: 0, supports: 0, fits: 0, against: 0, excludes: 0, proposed: 0 };
    expect(brierScore(ends, mute)).toBeGreaterThan(0.1);
  }, 120_000);

  it('holds for runbooks that the weights were not fitted to', async () => {
    const moments = momentsOfAll(await playAll());
    const fitWithout = (left: string) =>
      fitWeights(
        moments.filter(({ runbook }) => runbook !== left),
        WEIGHTS,
        SIMULATED_CASES.length,
      );
    const groups = Object.groupBy(
      moments.filter(({ isLast }) => isLast),
      ({ runbook }) => runbook,
    );
    for (const [left, held] of Object.entries(groups) as [string, Moment[]][]) {
      expect([left, brierScore(held, fitWithout(left)) < 0.13]).toEqual([left, true]);
    }
  }, 120_000);

  it('weighs as the simulator says', async () => {
    const moments = momentsOfAll(await playAll());
    const start = { ...WEIGHTS, decides: 1, supports: 1, fits: 0.5, against: -0.5, excludes: -1 };
    const fitted = fitWeights(moments, start, SIMULATED_CASES.length);
    for (const [name, weight] of Object.entries(WEIGHTS)) {
      const again = Object.entries(fitted).find(([key]) => key === name)?.[1] ?? 0;
      expect([name, Math.abs(again - weight) < 0.3]).toEqual([name, true]);
    }
  }, 120_000);
});

describe('the choice of a runbook', () => {
  it.each(SIMULATED_CASES.map(({ question, runbook }) => [question.replaceAll(/\{\w+\}/g, '8443'), runbook]))(
    '%s → %s',
    (question, runbook) => {
      expect(chooseRunbook(question)).toBe(runbook);
    },
  );

  it.each([
    ['Mails to dispo@a.example are coming back since Sunday', 'mail not delivered'],
    ['Please open TCP 8443 to label.a.example, the connection is refused', 'port blocked or VPN'],
    ['no tunnel from the hotel, the gateway is vpn.a.example', 'port blocked or VPN'],
    ['jobs.a.example gives NET::ERR_CERT_COMMON_NAME_INVALID, a privacy warning', 'certificate problem'],
    ['Das Zertifikat von shop.a.example ist abgelaufen', 'certificate problem'],
    ['shop.a.example ist nicht erreichbar', 'site unreachable'],
  ])('%s → %s', (question, runbook) => {
    expect(chooseRunbook(question)).toBe(runbook);
  });

  it.each([
    'How do I install the VPN client for vpn.larkfield.example?',
    'Please order a second monitor for ann@larkfield.example',
    'Who is responsible for shop.larkfield.example?',
    'Nobody has put an automatic answer on the mail of ann@larkfield.example, who may?',
    'Wie richte ich mein Postfach bei larkfield.example ein?',
  ])('follows none for: %s', (question) => {
    expect(chooseRunbook(question)).toBeNull();
  });

  it('follows one for the first two hosts, for mail for its domains, and one more for a log', () => {
    const hosts = ['a.example', 'b.example', 'c.example'];
    const about = (message: string, hasLog = false) =>
      plansFor({ message, targets: hosts, hasLog }).map(({ runbook, aim }) => `${runbook}: ${aim.host}`);
    expect(about('a.example, b.example and c.example are down')).toEqual([
      'site unreachable: a.example',
      'site unreachable: b.example',
    ]);
    expect(about('see a.example; mail to ann@c.example bounces', true)).toEqual([
      'errors in a log: log',
      'mail not delivered: c.example',
    ]);
    expect(plansFor({ message: 'it is down', targets: [], hasLog: false })).toEqual([]);
  });

  it.each([
    ['https://a.example:8443/x?y=1 is slow', { url: 'https://a.example:8443/x', port: 8443, otherPort: 443 }],
    ['http://a.example/ is slow', { url: 'http://a.example/', port: 80, otherPort: 443 }],
    ['a.example is slow', { url: 'https://a.example/', port: 443, otherPort: 80 }],
    ['a.example:5432 and port 22 of it fail', { url: 'https://a.example:5432/', port: 5432, otherPort: 22 }],
    ['please open TCP 8443 to a.example', { url: 'https://a.example:8443/', port: 8443, otherPort: 443 }],
    ['the port 1194 of a.example, not 99999', { port: 1194, otherPort: 443 }],
    ['https://b.example:8443/ works, a.example does not', { url: 'https://a.example/', port: 443 }],
    ['a.example fails\n> try port 22', { port: 443 }],
  ])('reads around the host: %s', (message, aim) => {
    expect(aimAt('a.example', message)).toMatchObject({ host: 'a.example', isName: true, ...aim });
  });
});

describe('the table of runbooks', () => {
  it('names its cases, at least three a runbook, each with look-alikes that come out otherwise', () => {
    expect(cases.size).toBe(SIMULATED_CASES.length);
    for (const name of RUNBOOK_NAMES.filter((runbook) => runbook !== 'errors in a log')) {
      const causes = SIMULATED_CASES.filter(({ runbook }) => runbook === name).map(({ cause }) => cause);
      expect([name, new Set(causes).size >= 3]).toEqual([name, true]);
    }
    expect(SIMULATED_CASES.filter(({ lookAlikes }) => lookAlikes.length === 0)).toEqual([]);
  });

  it.each(RUNBOOK_NAMES)(
    '%s asks what its tools take, and leaves room for what nobody thought of',
    (name) => {
      const { steps, causes } = RUNBOOKS[name];
      for (const host of ['shop.example', '192.0.2.7', '2001:db8::1', 'log']) {
        const aim = aimAt(host, `${host} is down`);
        for (const { tool, ask } of steps) {
          const args = ask(aim);
          if (args) expect(tool.prepare(args)).toEqual(expect.objectContaining({ tool: tool.name }));
        }
      }
      const rates: readonly number[] = Object.values(causes);
      expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeLessThanOrEqual(0.96);
    },
  );
});
