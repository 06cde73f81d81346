import { asFault } from '../../../agents/contracts/index.js';
import type { Asker } from './ask-model.js';
import { handlingOf } from './model-faults.js';
import { unlessAborted } from './watch.js';

type Show = (element: unknown) => void;
/** Asks on behalf of whoever waits; elements of the output go to `show` as they become whole. */
type Ask<Reply> = (asker: Asker, show: Show) => Promise<Reply>;

interface Party {
  readonly asker: Asker;
  readonly show: Show;
}

/** A call on its way, and those who wait for it, the first of them its payer. */
interface Flight<Reply> {
  readonly parties: Set<Party>;
  readonly shown: readonly unknown[];
  readonly deadline: number;
  readonly reply: Promise<Reply>;
  readonly abort: AbortController;
}

/**
 * Identical calls that are in flight at the same moment are made once. Everybody sees every element and event. Who leaves
 * does not take the call from the others: it ends with the last of them, and the next one pays for what follows.
 */
export function createSharedCalls<Reply>() {
  const flights = new Map<string, Flight<Reply>>();

  /** @param key everything that matters for the reply, the tenant first of all */
  return async function share(key: string, party: Party, ask: Ask<Reply>): Promise<Reply> {
    for (;;) {
      const known = flights.get(key);
      if (!known) return wait(begin(key, party, ask), party, key);
      try {
        return await wait(known, party, key);
      } catch (error) {
        if (!isOfPayer(known, party, error)) throw error;
      }
    }
  };

  function begin(key: string, first: Party, ask: Ask<Reply>): Flight<Reply> {
    const parties = new Set<Party>();
    const shown: unknown[] = [];
    const abort = new AbortController();
    let payer = first.asker;
    const payerNow = () => {
      for (const { asker } of parties) {
        payer = asker;
        break;
      }
      return payer;
    };
    const joint: Asker = {
      signal: abort.signal,
      deadline: payer.deadline,
      check: (next) => payerNow().check(next),
      spend: (spec, spent) => payerNow().spend(spec, spent),
      emit: (event) => {
        for (const { asker } of parties) asker.emit(event);
      },
    };
    const show = (element: unknown) => {
      shown.push(element);
      for (const party of parties) party.show(element);
    };
    const reply = Promise.resolve()
      .then(() => ask(joint, show))
      .finally(() => land(key, flight));
    // Where all have left, nobody hears of its failure.
    reply.catch(() => undefined);
    const flight = { parties, shown, abort, deadline: payer.deadline, reply };
    flights.set(key, flight);
    return flight;
  }

  async function wait(flight: Flight<Reply>, party: Party, key: string): Promise<Reply> {
    flight.shown.forEach(party.show);
    flight.parties.add(party);
    try {
      return await unlessAborted(flight.reply, party.asker.signal);
    } finally {
      flight.parties.delete(party);
      if (flight.parties.size === 0) {
        land(key, flight);
        flight.abort.abort(party.asker.signal.reason);
      }
    }
  }

  /** Nobody boards any more. */
  function land(key: string, flight: Flight<Reply>) {
    if (flights.get(key) === flight) flights.delete(key);
  }
}

/** True for a failure of whoever paid, such as a budget or a deadline of its own: the others ask for themselves. */
function isOfPayer({ shown, deadline }: Flight<unknown>, { asker }: Party, error: unknown): boolean {
  if (asker.signal.aborted || shown.length > 0) return false;
  return handlingOf(asFault(error)) === null || (Date.now() >= deadline && deadline < asker.deadline);
}
