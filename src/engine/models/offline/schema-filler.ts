import { answer } from './answer.js';
import { labelled, type Ranked, rank, rankLevels, STRANGE } from './classify.js';
import { mentionsOf, namesOf } from './entities.js';
import { keyPhrases } from './key-phrases.js';
import { languageOf } from './language.js';
import { NEGATIONS } from './lexicon.js';
import { matchParts, onTopic } from './match.js';
import { messageOf } from './message.js';
import { areFeelings, moodOf } from './mood.js';
import { bestList, levelList } from './option-fit.js';
import type { OptionList, Prompt, Source } from './prompt-reader.js';
import type { Shape } from './shape.js';
import { analysisOf } from './text.js';
import { weigh } from './weigh.js';

/** Fills one kind of need, or leaves it to the next. */
interface Filler {
  readonly fits: (need: Shape) => boolean;
  readonly fill: (need: Shape, prompt: Prompt) => unknown;
}

const ASKS = /\b(?:asks?|asked|questions?|requests?|parts?|wants?|own words)\b/gi;
const TELLS = /\b(?:answers?|claims?|sentences?|steps?|statements?|repl(?:y|ies)|solution)\b/gi;
const IDS = /\bids?\b|\bidentifiers?\b|\bref(?:erence)?s?\b|\bcitations?\b/i;
const QUERIES = /\bquer(?:y|ies)\b|\bsearch|\bkey ?(?:words?|phrases?)\b/i;
const LANGUAGE = /\blanguage\b|\blocale\b|\biso[ -]?639/i;
const NAMES = /\b(?:products?|applications?|apps?|systems?|programs?|services?)\b/i;
const AGAINST = /\b(?:refut\w*|against|contradict\w*|rul\w* out|disprov\w*)\b/i;
const CANDIDATES = 4;

const texts = (need: Shape) =>
  (need.items?.members ?? []).filter(({ kind, choices }) => kind === 'string' && choices.length === 0);
const idLists = (need: Shape) =>
  (need.items?.members ?? []).filter(({ kind, items }) => kind === 'array' && items?.kind === 'string');
const numbers = (need: Shape) =>
  (need.items?.members ?? []).filter(({ kind }) => kind === 'number' || kind === 'integer');
const choosing = (need: Shape) => (need.items?.members ?? []).filter(({ choices }) => choices.length > 0);
const isList = (need: Shape, of: Shape['kind']) => need.kind === 'array' && need.items?.kind === of;
const hits = (pattern: RegExp, text: string) => text.match(pattern)?.length ?? 0;
const limit = (need: Shape, usual: number) => Math.min(need.most, usual);

/** True where the text of an entry is to be taken from the question, not composed as an answer. */
const quotesQuestion = (need: Shape): boolean => {
  const meaning = texts(need)[0]?.meaning ?? '';
  const lead = hits(ASKS, meaning) - hits(TELLS, meaning);
  return lead === 0 ? hits(ASKS, need.meaning) > hits(TELLS, need.meaning) : lead > 0;
};

/** Builds a record from what is known by member, and fills the members that are left. */
const record = (
  need: Shape,
  prompt: Prompt,
  known: readonly (readonly [Shape | undefined, unknown])[],
): Record<string, unknown> => {
  const given = new Map(known.flatMap(([member, value]) => (member ? [[member.name, value] as const] : [])));
  return Object.fromEntries(
    need.members.flatMap((member) => {
      if (given.has(member.name)) return [[member.name, given.get(member.name)]];
      return need.required.has(member.name) ? [[member.name, fillShape(member, prompt)]] : [];
    }),
  );
};

const rankFor = (need: Shape, list: OptionList, { subject, examples, notes }: Prompt): Ranked[] =>
  rank(subject, list, labelled(examples, list, need.name), notes);

/** The list of identified things whose name is nearest to what the need speaks of; all of them where none is. */
function itemsFor(need: Shape, prompt: Prompt): Source[] {
  const byKind = Map.groupBy(prompt.sources, ({ kind }) => kind);
  const wanted = analysisOf(need.meaning).counts;
  const named = [...byKind].filter(([kind]) =>
    [...analysisOf(kind.replace(/[_-]/g, ' ')).counts.keys()].some((stem) => wanted.has(stem)),
  );
  return named.length > 0 ? named.flatMap(([, items]) => items) : [...prompt.sources];
}

const LABEL_LISTS: readonly Filler[] = [
  {
    fits: (need) => need.kind === 'string' && areFeelings(need.choices),
    fill: (need, { subject }) => moodOf(subject, need.choices) ?? need.choices[0],
  },
  {
    fits: (need) => need.kind === 'string' && need.choices.length > 0,
    fill: (need, prompt) => {
      const described = bestList(
        need,
        prompt.lists.filter(({ options }) => options.every(({ label }) => need.choices.includes(label))),
      );
      const list = described ?? {
        name: '',
        options: need.choices.map((label) => ({ label, description: '' })),
      };
      const [top] = rankFor(need, list, prompt);
      return top && (top.likeness >= STRANGE || !need.nullable)
        ? top.label
        : need.nullable
          ? null
          : need.choices[0];
    },
  },
  {
    fits: (need) => need.kind === 'string' && LANGUAGE.test(need.meaning),
    fill: (need, { subject }) => languageOf(subject) ?? (need.nullable ? null : 'und'),
  },
  {
    fits: (need) => need.kind === 'integer' || need.kind === 'number',
    fill: (need, prompt) => {
      const list = levelList(need, prompt);
      const [top] = list ? rankLevels(prompt.subject, list, labelled(prompt.examples, list, need.name)) : [];
      const level = Number(/-?\d+/.exec(top?.label ?? '')?.[0] ?? Number.NaN);
      if (Number.isFinite(level)) return level;
      return need.nullable ? null : Math.max(need.least, Math.min(0, need.most));
    },
  },
];

const RECORD_LISTS: readonly Filler[] = [
  {
    fits: (need) =>
      isList(need, 'object') &&
      choosing(need).length > 0 &&
      texts(need).length > 0 &&
      idLists(need).length === 0,
    fill: (need, prompt) => {
      const [kind, value] = [choosing(need)[0], texts(need)[0]];
      const found = (kind?.choices ?? []).flatMap((choice) => {
        const mentions = mentionsOf(choice, prompt.subject);
        const named =
          mentions.length === 0 && NAMES.test(choice) ? namesOf(described(prompt), prompt.subject) : mentions;
        return named.map((mention) => ({ choice, ...mention }));
      });
      const sorted = found.sort((a, b) => a.start - b.start).slice(0, limit(need, 40));
      return sorted.map((each) =>
        record(need.items ?? need, prompt, [
          [kind, each.choice],
          [value, each.value],
        ]),
      );
    },
  },
  {
    fits: (need) =>
      isList(need, 'object') &&
      numbers(need).length > 0 &&
      texts(need).length > 0 &&
      idLists(need).length > 0,
    fill: (need, prompt) => {
      const [name] = texts(need);
      const list = name && bestList(name, prompt.lists, need.meaning);
      if (!list) return [];
      const labels = new Set(list.options.map(({ label }) => label));
      const observations = prompt.sources.filter(({ id }) => !labels.has(id));
      const seen = [...observations, ...prompt.toolResults.map(asSource)];
      const against = idLists(need).find(({ meaning }) => AGAINST.test(meaning));
      const inFavour = idLists(need).find((member) => member !== against);
      return weigh(prompt.subject, list, seen, limit(need, 6)).map(
        ({ option, score, supportedBy, refutedBy }) =>
          record(need.items ?? need, prompt, [
            [name, option],
            [numbers(need)[0], score],
            [inFavour, supportedBy],
            [against, refutedBy],
          ]),
      );
    },
  },
  {
    fits: (need) => isList(need, 'object') && numbers(need).length > 0 && texts(need).length > 0,
    fill: (need, prompt) => {
      const [name] = texts(need);
      const list = name && bestList(name, prompt.lists, need.meaning);
      const ranked = list ? rankFor(need, list, prompt).filter(({ likeness }) => likeness > 0) : [];
      return ranked.slice(0, limit(need, CANDIDATES)).map(({ label, score }) =>
        record(need.items ?? need, prompt, [
          [name, label],
          [numbers(need)[0], Math.round(score * 1_000) / 1_000],
        ]),
      );
    },
  },
  {
    fits: (need) =>
      isList(need, 'object') && texts(need).length > 0 && idLists(need).length > 0 && quotesQuestion(need),
    fill: (need, prompt) => {
      const [ids] = idLists(need);
      const items = itemsFor(ids ?? need, prompt);
      return matchParts(prompt.subject, items)
        .slice(0, limit(need, 8))
        .map((matched) =>
          record(need.items ?? need, prompt, [
            [texts(need)[0], matched.part],
            [ids, matched.items],
          ]),
        );
    },
  },
  {
    fits: (need) => isList(need, 'object') && texts(need).length > 0 && idLists(need).length > 0,
    fill: (need, prompt) =>
      answer(prompt)
        .slice(0, limit(need, 12))
        .map(({ text, source }) =>
          record(need.items ?? need, prompt, [
            [texts(need)[0], text],
            [idLists(need)[0], [source]],
          ]),
        ),
  },
];

const STRING_LISTS: readonly Filler[] = [
  {
    fits: (need) => isList(need, 'string') && IDS.test(need.meaning),
    fill: (need, prompt) => {
      const items = itemsFor(need, prompt);
      const related = onTopic(prompt.subject, items);
      const isNegative = analysisOf(need.meaning).words.some((word) => NEGATIONS.has(word));
      return items
        .filter(({ id }) => related.has(id) !== isNegative)
        .map(({ id }) => id)
        .slice(0, limit(need, 50));
    },
  },
  {
    fits: (need) => isList(need, 'string') && QUERIES.test(need.meaning),
    fill: (need, { subject }) => keyPhrases(subject, limit(need, CANDIDATES)),
  },
  {
    fits: (need) => isList(need, 'string') && (need.items?.choices.length ?? 0) > 0,
    fill: (need, prompt) => {
      const list = {
        name: '',
        options: (need.items?.choices ?? []).map((label) => ({ label, description: '' })),
      };
      return rankFor(need, list, prompt)
        .filter(({ likeness }) => likeness >= 2 * STRANGE)
        .slice(0, limit(need, CANDIDATES))
        .map(({ label }) => label);
    },
  },
  {
    fits: (need) => isList(need, 'string'),
    fill: (need, prompt) => {
      const isAsked = hits(ASKS, need.meaning) > hits(TELLS, need.meaning);
      const found = isAsked ? messageOf(prompt.subject).parts : answer(prompt).map(({ text }) => text);
      const filled = found.length > 0 || need.least === 0 ? found : keyPhrases(prompt.subject, 1);
      return filled.slice(0, limit(need, 12));
    },
  },
];

const OTHERS: readonly Filler[] = [
  {
    fits: (need) => need.kind === 'string',
    fill: (need, prompt) => {
      const list = bestList(need, prompt.lists);
      if (list) {
        const [top] = rankFor(need, list, prompt);
        if (top && top.likeness >= STRANGE) return top.label;
        if (need.nullable) return null;
        if (top) return top.label;
      }
      if (hits(TELLS, need.meaning) > 0)
        return answer(prompt)
          .map(({ text }) => text)
          .join(' ');
      const [mention] = mentionsOf(need.meaning, prompt.subject);
      if (mention) return mention.value;
      return need.nullable ? null : (messageOf(prompt.subject).sentences[0] ?? '');
    },
  },
  {
    fits: (need) => need.kind === 'boolean',
    fill: (need, prompt) => {
      const shown = labelledFlags(need, prompt);
      if (shown !== undefined) return shown;
      const wanted = analysisOf(need.meaning).terms.filter(({ weight }) => weight >= 1);
      const { counts } = analysisOf(prompt.subject);
      return wanted.length > 0 && wanted.filter(({ stem }) => counts.has(stem)).length >= 0.5 * wanted.length;
    },
  },
  { fits: (need) => need.kind === 'object', fill: (need, prompt) => record(need, prompt, []) },
  { fits: (need) => need.kind === 'array', fill: () => [] },
  { fits: () => true, fill: () => null },
];

const FILLERS: readonly Filler[] = [...LABEL_LISTS, ...RECORD_LISTS, ...STRING_LISTS, ...OTHERS];

/** A value that fits the shape and says what the prompt gives for it. */
export function fillShape(need: Shape, prompt: Prompt): unknown {
  return FILLERS.find(({ fits }) => fits(need))?.fill(need, prompt);
}

const described = ({ lists, sources }: Prompt): string[] => [
  ...lists.flatMap(({ options }) => options.map(({ description }) => description)),
  ...sources.map(({ text }) => text),
];

const asSource = ({ name, args, text }: Prompt['toolResults'][number], index: number): Source => ({
  id: `${name}#${index + 1}`,
  title: Object.values(args).join(' '),
  text,
  kind: 'tool',
  fields: { tool: name },
});

/** A flag as the most similar worked case shows it. */
function labelledFlags(need: Shape, { subject, examples }: Prompt): boolean | undefined {
  const cases = examples.flatMap(({ input, output }) => {
    const value = output[need.name];
    return typeof value === 'boolean' ? [{ input, label: String(value) }] : [];
  });
  if (cases.length === 0) return undefined;
  const list = { name: '', options: ['true', 'false'].map((label) => ({ label, description: '' })) };
  return rank(subject, list, cases)[0]?.label === 'true';
}
