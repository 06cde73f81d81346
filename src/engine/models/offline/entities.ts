/** A literal mention in a text. */
export interface Mention {
  readonly value: string;
  readonly start: number;
}

/** Endings of file names, which otherwise look like host names. */
const FILE_ENDING =
  /\.(?:exe|dll|msi|msc|docx?|xlsx?|xlsm|xlsb|pptx?|pdf|png|jpe?g|gif|svg|zip|7z|txt|csv|log|json|xml|ya?ml|html?|js|ts|py|java|sys|ini|cfg|conf|eml|msg|pst|ost|dwg|mp[34]|bak|tmp|htm|sh|bat|ps1|lnk|key|pem|crt|cer)$/i;
const HOST = /(?<![\w@.\\/-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?![\w-])(?!\.[a-z0-9])/gi;
const IN_URL = /(?<=:\/\/)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}/gi;
const IN_ADDRESS = /(?<=[\w+-]@)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}/gi;
const UNC_HOST = /(?<=\\\\)(?:[a-z0-9-]+\.)+[a-z]{2,24}/gi;

const looksLikeHost = (value: string): boolean =>
  !FILE_ENDING.test(value) &&
  !/^(?:e\.g|i\.e|z\.b|a\.k\.a|p\.s|node\.js|asp\.net)$/i.test(value) &&
  !/\.\p{Lu}\p{Ll}/u.test(value);

interface Kind {
  /** How an enum or a parameter that means this kind is named or described. */
  readonly named: RegExp;
  readonly patterns: readonly RegExp[];
  /** Words without which a text does not mean this kind. */
  readonly topic?: RegExp;
  readonly accept?: (value: string) => boolean;
}

/** What can be recognised by its form, the narrowest names first. */
const KINDS: readonly Kind[] = [
  {
    named: /\b(?:url|uri|link|web address)\b/i,
    patterns: [/\bhttps?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?]/gi],
  },
  {
    named: /\bmail domain\b/i,
    topic: /mail|\bsmtp\b|\bspam\b|\bbounce|\binbox\b|\bnewsletter/i,
    patterns: [IN_ADDRESS, IN_URL, HOST],
    accept: looksLikeHost,
  },
  { named: /\be-?mail|mail address\b/i, patterns: [/\b[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,24}\b/gi] },
  {
    named: /\b(?:host|hostname|domain|fqdn|server)\b/i,
    patterns: [IN_URL, HOST, UNC_HOST],
    accept: looksLikeHost,
  },
  {
    named: /\bips?\b|\bip address|\bipv[46]\b/i,
    patterns: [
      /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])/g,
      /(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4})+(?![\w:])/gi,
    ],
  },
  {
    named: /\berror|\bcode\b|\bstatus code\b/i,
    patterns: [
      /\b0x[0-9a-f]{4,16}\b/gi,
      /\b(?:[A-Z][A-Z0-9]+_){1,6}[A-Z0-9]+\b/g,
      /\b[A-Z]{2,10}-?\d{3,8}\b/g,
      /\b[45]\.\d{1,3}\.\d{1,3}\b/g,
      /(?<=\b(?:error|code|fehler|erreur|fejl|http|status|event id|number|nr\.?|fails with|says)[ :#(]{1,3})\d{3,6}\b/gi,
      /\b(?:NXDOMAIN|SERVFAIL|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EACCES|ENOENT)\b/g,
      /\b[A-Z][A-Za-z]+(?:Exception|Error)\b/g,
    ],
  },
  {
    named: /\bversion|release|build\b/i,
    patterns: [
      /(?<=\b(?:version|release|build|v)\s?)\d+(?:\.\d+){0,3}\b/gi,
      /\b(?:Windows|macOS|iOS|Android|Ubuntu|Fedora|Debian)\s\d{1,2}(?:\.\d+)*\b/g,
      /\b\d{1,3}(?:\.\d{1,5}){2,3}\b(?!\.\d)/g,
    ],
  },
  {
    named: /\bport\b/i,
    patterns: [/(?<=\b(?:port|ports|tcp|udp)[ /:]{1,2})\d{1,5}\b/gi, /(?<=[a-z]:)\d{2,5}\b(?!:)/gi],
    accept: (value) => Number(value) > 0 && Number(value) < 65_536,
  },
  {
    named: /\bpath|file|folder|directory\b/i,
    patterns: [
      /\b[A-Z]:\\[^\s"'<>|]+/gi,
      /\\\\[\w.-]+\\[^\s"'<>|]+/g,
      /(?<![\w/:.])\/(?:[\w.-]+\/)+[\w.-]+/g,
      /\b[A-Z]:(?=[\s,.)]|$)/g,
    ],
  },
  {
    named: /\bdate|day\b/i,
    patterns: [
      /\b\d{4}-\d{2}-\d{2}\b/g,
      /\b\d{1,2}[./]\d{1,2}(?:[./]\d{2,4})?\b(?!\.\d)/g,
      /\b\d{1,2}(?:st|nd|rd|th)?\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?: \d{4})?\b/gi,
      /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?\b/gi,
    ],
  },
];

/** A name such as `error_code` as words. */
const spoken = (name: string): string => name.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2').replace(/[_-]+/g, ' ');

/** True where a kind of thing with a form is meant by a name or a description. */
export const hasForm = (name: string): boolean => KINDS.some(({ named }) => named.test(spoken(name)));

/** The mentions of the kind that a name or a description means, distinct, in the order of the text. */
export function mentionsOf(kindName: string, text: string): Mention[] {
  const kind = KINDS.find(({ named }) => named.test(spoken(kindName)));
  if (!kind || (kind.topic && !kind.topic.test(text))) return [];
  const found = kind.patterns
    .flatMap((pattern) =>
      [...text.matchAll(pattern)].map((match) => ({ value: match[0], start: match.index })),
    )
    .filter(({ value }) => kind.accept?.(value) ?? true)
    .sort((a, b) => a.start - b.start || b.value.length - a.value.length);
  return distinct(found);
}

function distinct(mentions: readonly Mention[]): Mention[] {
  const seen = new Set<string>();
  let end = -1;
  return mentions.filter(({ value, start }) => {
    const key = value.toLowerCase();
    if (seen.has(key) || start < end) return false;
    seen.add(key);
    end = start + value.length;
    return true;
  });
}

const NAME = /(?<=[\p{Ll},:;(]\s)\p{Lu}[\p{L}\d-]+(?:\s\p{Lu}[\p{L}\d-]+){0,2}/gu;

/** Names that the given texts write with capitals inside a sentence, and that the message mentions too. */
export function namesOf(texts: readonly string[], message: string): Mention[] {
  const names = new Set(texts.flatMap((text) => text.match(NAME) ?? []).filter((name) => name.length > 2));
  const lower = message.toLowerCase();
  const found = [...names].flatMap((name) => {
    const start = lower.search(
      new RegExp(
        `(?<![\\p{L}\\d])${name.toLowerCase().replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\d])`,
        'u',
      ),
    );
    return start < 0 ? [] : [{ value: message.slice(start, start + name.length), start }];
  });
  return distinct(found.sort((a, b) => a.start - b.start || b.value.length - a.value.length));
}
