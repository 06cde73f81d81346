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
  /\b(?:down|error|errors|fail\w*|expired?|expir\w*|certificate|cert|cannot|can't|cant|not (?:work|load|open|reach|found|resolve|connect)\w*|unreachable|timeout|times? out|refused|warning|invalid|unknown|broken|gone|vanished|redirect\w*|slow|bounce\w*|insecure|not secure|nxdomain|servfail|5\d\d)\b/i;

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
 * Picks tool calls for what the message holds: every required parameter must find a value in the text, and the tool's
 * description must share words with the message. Calls that were answered already are not repeated.
 */
export function pickCalls(prompt: Prompt, offers: readonly Offer[]): Call[] {
  const calls = offers
    .map((offer) => ({ offer, fitness: fitness(offer, prompt) }))
    .filter(({ fitness: value }) => value > 0)
    .sort((a, b) => b.fitness - a.fitness)
    .flatMap(({ offer }) => argumentSets(offer, prompt).map((args) => ({ name: offer.name, args })));
  const made = new Set(prompt.toolResults.map(({ name, args }) => keyOf(name, args)));
  return calls.filter(({ name, args }) => !made.has(keyOf(name, args))).slice(0, MOST_CALLS);
}

const keyOf = (name: string, args: Readonly<Record<string, unknown>>): string =>
  JSON.stringify([name, ...Object.values(args).map(String).sort()]);

const hasLog = (text: string): boolean => messageOf(text).log !== '' || PLAIN_LOG.test(text);

/** Words that the message shares with the description; a pasted log counts as speaking of logs. */
function fitness({ description, parameters }: Offer, { subject, sources }: Prompt): number {
  const pasted = hasLog(subject) || sources.some(({ text }) => hasLog(text));
  const speaks = analysisOf(`${subject} ${pasted ? 'log stack trace exception' : ''}`).counts;
  const terms = new Set(
    analysisOf(description)
      .terms.filter(({ weight }) => weight >= 1)
      .map(({ stem }) => stem),
  );
  const shared = [...terms].filter(
    (stem) => speaks.has(stem) || [...speaks.keys()].some((own) => kinship(own, stem) > 0),
  ).length;
  const targets = parameters.members.filter(
    ({ name, meaning }) => parameters.required.has(name) && hasForm(meaning),
  );
  if (targets.length === 0)
    return pasted && /\blogs?\b|\btraces?\b|\bexceptions?\b/i.test(description) ? shared : 0;
  return FAULT.test(subject) ? shared + 0.5 : shared > 1 ? shared : 0;
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

function valuesFor(member: Shape, isRequired: boolean, description: string, { subject }: Prompt): unknown[] {
  if (member.choices.length > 0) return isRequired ? [chosen(member, subject)] : [];
  const mentions = mentionsOf(member.meaning, subject).map(({ value }) => value);
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
