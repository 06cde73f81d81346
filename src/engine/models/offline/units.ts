import { memoize } from './lru.js';
import type { Source } from './prompt-reader.js';
import { sentencesOf } from './text.js';

/** The smallest thing that an answer quotes: a sentence, a numbered step or a list item, without its list mark. */
export interface Unit {
  readonly text: string;
  readonly kind: 'sentence' | 'step' | 'bullet';
  /** The heading above it. */
  readonly section: string;
  /** Steps of one numbered list share a number; 0 for everything else. */
  readonly list: number;
  readonly source: string;
}

/** One document of which the sources show passages. */
export interface Article {
  readonly title: string;
  readonly units: readonly Unit[];
  /** How its sources came about: written down for readers, told of another case, or looked at just now. */
  readonly nature: 'article' | 'case' | 'observation';
  /** What whoever listed the sources says of its relevance, 1 for the best; absent where nothing is said. */
  readonly relevance?: number;
}

type Line = Omit<Unit, 'source'>;

const STEP = /^\s*(?:step )?(\d{1,2})[.):]\s+(\S.*)$/i;
const BULLET = /^\s*[-*•+]\s+(\S.*)$/;
const HEADING = /^\s*#{1,6}\s+(.+?)\s*#*$/;
const BOLD_HEADING = /^\s*\*\*([^*]{2,60})\*\*:?\s*$/;
const TITLE_BREAK = /\s+(?:>|›|»|—|–|\|)\s+/;
/** Remarks beside the text, as quotations and boxes are written. */
const ASIDE = /^\s*>/;
const FENCE = /^\s*(?:```|~~~)/;
/** Longer code is no command that somebody types. */
const LONGEST_CODE = 240;
const FACT = /^[\w. -]{1,40}: \S/;

const linesOf = memoize(1_000, (text: string): readonly Line[] => {
  const result: Line[] = [];
  let section = '';
  let list = 0;
  let lists = 0;
  let paragraph: string[] = [];
  let code: string[] | undefined;
  let isCut = false;
  const flush = () => {
    for (const sentence of sentencesOf(paragraph.join('\n')))
      result.push({ text: sentence, kind: 'sentence', section, list: 0 });
    paragraph = [];
  };
  /** A sentence that ends in a colon is told with the code that it announces. */
  const announce = (commands: string) => {
    const last = result.at(-1);
    if (last?.text.endsWith(':') && commands.length <= LONGEST_CODE)
      result[result.length - 1] = { ...last, text: `${last.text} ${commands}` };
    else isCut = true;
  };
  for (const line of text.split('\n')) {
    if (FENCE.test(line) || code) {
      if (!code) flush();
      code = [...(code ?? []), line.trim()];
      if (FENCE.test(line) && code.length > 1) {
        announce(code.join(' '));
        code = undefined;
      }
      continue;
    }
    if (ASIDE.test(line)) {
      flush();
      continue;
    }
    const heading = HEADING.exec(line) ?? BOLD_HEADING.exec(line);
    const step = STEP.exec(line);
    const bullet = step ? null : BULLET.exec(line);
    const last = result.at(-1);
    if (heading || step || bullet || line.trim() === '') flush();
    if (heading || step || bullet) isCut = false;
    if (heading) {
      section = (heading[1] ?? '').trim();
      list = 0;
    } else if (step) {
      if (list === 0 || step[1] === '1') list = lists += 1;
      result.push({ text: (step[2] ?? '').trim(), kind: 'step', section, list });
    } else if (bullet) result.push({ text: (bullet[1] ?? '').trim(), kind: 'bullet', section, list: 0 });
    else if (/^\s{2,}\S/.test(line) && last && last.kind !== 'sentence' && paragraph.length === 0 && !isCut) {
      result[result.length - 1] = { ...last, text: `${last.text} ${line.trim()}` };
    } else if (!/^\s*(?:\||[-=_*]{3,}\s*$)/.test(line) && line.trim() !== '') {
      list = 0;
      paragraph.push(line);
    }
  }
  flush();
  return result;
});

const natureOf = ({ kind, fields, text }: Source): Article['nature'] => {
  const facts = text.split(/;\s+/).filter((part) => FACT.test(part)).length;
  if (/\b(?:observation|tool|probe|measurement)s?\b/i.test(kind) || fields.tool !== undefined || facts >= 2)
    return 'observation';
  return /\b(?:tickets?|cases?|resolution|solved)\b/i.test(`${kind} ${fields.kind ?? ''}`)
    ? 'case'
    : 'article';
};

function unitsOf(source: Source, nature: Article['nature'], section: string): Unit[] {
  if (nature === 'observation') {
    const summary = (
      source.fields.summary ??
      source.text.split(/;\s+|\n/).find((part) => !FACT.test(part) || / /.test(part)) ??
      ''
    ).trim();
    return summary === ''
      ? []
      : [{ text: summary, kind: 'sentence', section: '', list: 0, source: source.id }];
  }
  return linesOf(source.text).map((line) => ({
    ...line,
    section: line.section || section,
    source: source.id,
  }));
}

/** Puts passages together to the documents that they were cut from, in the order in which they were given. */
export function articlesOf(sources: readonly Source[]): Article[] {
  const groups = new Map<string, Omit<Article, 'units'> & { units: Unit[] }>();
  for (const source of sources) {
    const nature = natureOf(source);
    const [title = '', ...sections] = source.title.split(TITLE_BREAK);
    const document =
      source.fields.document ?? source.fields.article ?? source.fields.source?.replace(/#.*$/, '');
    const key = document ?? (nature !== 'article' || title === '' ? source.id : title);
    const relevance = Number.parseFloat(source.fields.relevance ?? source.fields.score ?? '');
    const rated = Number.isFinite(relevance) && { relevance };
    const group = groups.get(key) ?? { title, nature, units: [], ...rated };
    const offset = Math.max(0, ...group.units.map(({ list }) => list));
    const continues = group.units.at(-1)?.kind === 'step';
    for (const unit of unitsOf(source, nature, sections.at(-1) ?? '')) {
      const isNext = continues && unit.list === 1 && !/^\s*(?:step )?1[.):]\s/im.test(source.text);
      group.units.push(
        unit.list === 0 ? unit : { ...unit, list: unit.list + (isNext ? offset - 1 : offset) },
      );
    }
    groups.set(key, group);
  }
  return [...groups.values()].filter(({ units }) => units.length > 0);
}
