import { hasForm, mentionsOf } from './entities.js';
import { messageOf } from './message.js';
import type { Prompt } from './prompt-reader.js';
import { isRecord } from './read-json.js';
import { readShape, type Shape } from './shape.js';
import { analysisOf, kinship } from './text.js';

/** A tool as it is offered: a name, what it is for, what it takes. */
export interface Offer {
  readonly name: string;
  readonly description: string;
  readonly parameters: Shape;
}

export interface Call {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

const MOST_CALLS = 6;
/** Words that speak of a fault: with a target in the text they make looking at it worthwhile. */
const FAULT =
  /\b(?:down|error|errors|fail\w*|expired?|expir\w*|certificate|cert|cannot|can't|cant|not (?:work|load|open|reach|found|resolve|connect|deliver|receiv|arriv)\w*|unreachable|timeout|times? out|refused|blocked|filtered|rejected|warning|invalid|unknown|broken|gone|vanished|redirect\w*|slow|bounce\w*|spam|insecure|not secure|nxdomain|servfail|5\d\d)\b/i;
/** What a tool fits a fault that shares no word with any. */
const UNSAID = 0.25;
/** A tool that fits less than this share of the best one looks at something else than what is asked. */
const LEAST_SHARE = 0.5;
/** The letters of a target say nothing about what is wrong with it. */
const TARGET = /\b[a-z][a-z\d+.-]*:\/\/\S+|\S+@\S+|\b(?:[a-z\d-]+\.)+[a-z]{2,}\b/gi;

const PLAIN_LOG = /^\s*(?:at [\w$.<>]+ ?\(|Caused by:|Traceback|\[?\d{4}-\d\d-\d\d[T ])/m;

/** Reads tools in OpenAI's form, or as a name, a description and a JSON schema. */
export function readOffers(tools: readonly unknown[]): Offer[] {
  return tools.filter(isRecord).flatMap((tool) => {
    const inner = isRecord(tool.function) ? tool.function : tool;
    const { name, description } = inner;
    const parameters = inner.parameters ?? inner.schema ?? inner.input_schema ?? {};
    if (typeof name !== 'string') return [];
    return [
      {
        name,
        description: typeof description === 'string' ? description : '',
        parameters: readShape(parameters, name),
      },
    ];
  });
}

/**
 * Picks tool calls for what the message holds: every required parameter must find a value in the text, and what is said
 * of the tool must share words with the message, as many at least as half of what the best tool shares. Calls that were
 * answered already are not repeated.
 */
export function pickCalls(prompt: Prompt, offers: readonly Offer[]): Call[] {
  const fitness = fitnessAmong(offers, prompt);
  const fitting = offers
    .map((offer) => ({ offer, fit: fitness(offer), sets: argumentSets(offer, prompt) }))
    .filter(({ fit, sets }) => fit > 0 && sets.length > 0)
    .sort((a, b) => b.fit - a.fit);
  const least = (fitting[0]?.fit ?? 0) * LEAST_SHARE;
  const calls = fitting
    .filter(({ fit }) => fit >= least)
    .flatMap(({ offer: { name }, sets }) => sets.map((args) => ({ name, args })));
  const made = new Set(prompt.toolResults.map(({ name, args }) => keyOf(name, args)));
  return calls.filter(({ name, args }) => !made.has(keyOf(name, args))).slice(0, MOST_CALLS);
}

const keyOf = (name: string, args: Readonly<Record<string, unknown>>): string =>
  JSON.stringify([name, ...Object.values(args).map(String).sort()]);

const hasLog = (text: string): boolean => messageOf(text).log !== '' || PLAIN_LOG.test(text);

/** What is said of a tool and of its parameters, as stems. */
const stemsOf = ({ description, parameters }: Offer): Set<string> =>
  new Set(
    [description, ...parameters.members.map(({ meaning }) => meaning)]
      .flatMap((text) => analysisOf(text).terms)
      .filter(({ weight }) => weight >= 1)
      .map(({ stem }) => stem),
  );

/**
 * How well each offer fits the message: the words that they share, each counting less the more offers hold it. A pasted
 * log counts as speaking of logs.
 */
function fitnessAmong(offers: readonly Offer[], { subject, sources }: Prompt): (offer: Offer) => number {
  const pasted = hasLog(subject) || sources.some(({ text }) => hasLog(text));
  const said = subject.replace(TARGET, ' ');
  const own = [...analysisOf(`${said} ${pasted ? 'log stack trace exception' : ''}`).counts.keys()];
  const stems = new Map(offers.map((offer) => [offer, stemsOf(offer)]));
  const holders = (stem: string) => [...stems.values()].filter((held) => held.has(stem)).length;
  return (offer) => {
    const shared = [...(stems.get(offer) ?? [])].filter((stem) =>
      own.some((word) => word === stem || kinship(word, stem) > 0),
    );
    const fit = shared.reduce((sum, stem) => sum + 1 / holders(stem), 0);
    const { members, required } = offer.parameters;
    const targets = members.filter(({ name, meaning }) => required.has(name) && hasForm(meaning));
    if (targets.length === 0)
      return pasted && /\blogs?\b|\btraces?\b|\bexceptions?\b/i.test(offer.description) ? fit : 0;
    if (FAULT.test(said)) return fit + UNSAID;
    return shared.length > 1 ? fit : 0;
  };
}

/** One set of arguments for each target in the text. */
function argumentSets({ parameters, description }: Offer, prompt: Prompt): Record<string, unknown>[] {
  let sets: Record<string, unknown>[] = [{}];
  for (const member of parameters.members) {
    const isRequired = parameters.required.has(member.name);
    const found = valuesFor(member, isRequired, description, prompt);
    if (found.length === 0 && isRequired) return [];
    if (found.length > 0)
      sets = sets.flatMap((set) => found.map((value) => ({ ...set, [member.name]: value })));
  }
  return sets;
}

/** A meaning may name alternatives, such as `the host name or IP address`: the first that the text holds. */
const mentionsOfEither = (meaning: string, text: string): string[] =>
  meaning
    .split(/\bor\b/)
    .map((kind) => mentionsOf(kind, text).map(({ value }) => value))
    .find((values) => values.length > 0) ?? [];

function valuesFor(member: Shape, isRequired: boolean, description: string, { subject }: Prompt): unknown[] {
  if (member.choices.length > 0) return isRequired ? [chosen(member, subject)] : [];
  const mentions = mentionsOfEither(member.meaning, subject);
  if (member.kind === 'integer' || member.kind === 'number') {
    const number = mentions.map(Number).find((value) => value >= member.least && value <= member.most);
    return number === undefined ? [] : [number];
  }
  if (mentions.length > 0) return mentions;
  if (
    isRequired &&
    member.kind === 'string' &&
    /\blogs?\b|\btext\b|\btrace\b/i.test(`${member.meaning} ${description}`) &&
    hasLog(subject)
  )
    return [messageOf(subject).log || subject];
  return [];
}

/** The choice that the message names, or whose explanation in the description shares a word with it, else the first. */
function chosen({ choices, meaning }: Shape, subject: string): string | undefined {
  const { counts, words } = analysisOf(subject);
  const named = choices.find((choice) => words.includes(choice.toLowerCase()) && choice.length > 1);
  if (named !== undefined) return named;
  const explained = choices.find((choice) => {
    const [, gloss = ''] = new RegExp(`\\b${choice}\\b (?:for|:|=|is) ([^,;.]+)`).exec(meaning) ?? [];
    return analysisOf(gloss).terms.some(({ stem, weight }) => weight >= 1 && counts.has(stem));
  });
  return explained ?? choices[0];
}
