/** Names of the header fields that mail programs put above quoted mail, in the languages that they speak most. */
const FROM = 'from|von|de|fra|från|van|da|od';
const OTHER_FIELDS = [
  'sent|date|to|cc|subject|reply-to',
  'gesendet|datum|an|betreff',
  'envoyé(?: le)?|à|objet',
  'sendt|dato|til|emne|skickat|till|ämne',
  'enviado(?: el)?|fecha|para|asunto|assunto|data',
  'inviato|a|oggetto|verzonden|aan|onderwerp|wysłano|do|temat',
].join('|');

const decorated = (words: string) => new RegExp(`^[\\s*_|]*(?:${words})[*_]*\\s?:`, 'iu');
const FROM_LINE = decorated(FROM);
const OTHER_LINE = decorated(OTHER_FIELDS);

/** A line after which everything is somebody else's text. */
const REST_IS_QUOTED: readonly RegExp[] = [
  /^[\s*_]*-{2,}.{0,40}(?:message|nachricht|besked|meddelelse|meddelande|mensaje|mensagem|messaggio|bericht|wiadomość|mail).{0,40}-{2,}/iu,
  /^[\s*_-]*(?:begin(?:ning of)?|anfang der|début du|start of) (?:the )?(?:forwarded|weitergeleiteten|transféré)/iu,
  /^[\s*_-]*(?:forwarded|weitergeleitet|transféré|transmis|videresendt|doorgestuurd|inoltrato|reenviado) (?:by|von|par|af|door|da|por)\b/iu,
  /^[\s*_-]*(?:forwarded message|weitergeleitete nachricht|message transféré|videresendt (?:meddelelse|besked)|mensaje reenviado)/iu,
  /^[\s*_-]*(?:original message|ursprüngliche nachricht|message d'origine|oprindelig meddelelse|mensaje original)/iu,
];

/** `On 3 May Ann wrote:`, which mail programs wrap over as many as three lines. */
const REPLY_BEGINS = /^[\s*_]*(?:on|am|le|den|d\.|el|il|op|em)\s/iu;
const REPLY_ENDS =
  /\b(?:wrote|schrieb(?: .{0,80})?|a écrit|skrev(?: .{0,80})?|escribió|ha scritto|schreef|escreveu)\s?:\s*$/iu;

const QUOTED_LINE = /^\s*(?:>|&gt;|»|›|＞|\|\s)/;
/** The subject of a reply or a forwarded mail was written by somebody else. */
const PASSED_ON = /^\s*(?:\[[^\]]{0,40}\]\s*)?(?:re|aw|sv|fwd?|wg|tr|vs|rv|i|antw|doorst)\s?:/iu;

/** What patterns see of a line, so that the time stays linear. */
const MAX_HEAD = 2_000;
const MAX_WRAPPED = 3;
const MAX_HEADER_LINES = 4;

const repliesAt = (lines: readonly string[], at: number): boolean => {
  if (!REPLY_BEGINS.test(lines[at] ?? '')) return false;
  for (let count = 1; count <= MAX_WRAPPED; count += 1) {
    if (REPLY_ENDS.test(lines.slice(at, at + count).join(' '))) return true;
  }
  return false;
};

const headerAt = (lines: readonly string[], at: number): boolean =>
  FROM_LINE.test(lines[at] ?? '') &&
  ((lines[at] ?? '').includes('@') ||
    lines.slice(at + 1, at + 1 + MAX_HEADER_LINES).some((line) => OTHER_LINE.test(line)));

/**
 * What the writer of a message wrote: without quoted lines, without the subject of a reply or forward in the first line,
 * and without everything from the first sign of a quoted or forwarded mail on. Where in doubt a line is not the
 * writer's: the price is a question more, the other way it is a stranger who chooses what tools look at.
 */
export function ownWords(text: string): string {
  const lines = text.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
  const heads = lines.map((line) => line.slice(0, MAX_HEAD));
  const first = PASSED_ON.test(heads[0] ?? '') ? 1 : 0;
  const end = heads.findIndex(
    (line, at) =>
      at >= first &&
      (REST_IS_QUOTED.some((sign) => sign.test(line)) || repliesAt(heads, at) || headerAt(heads, at)),
  );
  return lines
    .slice(first, end === -1 ? undefined : end)
    .filter((line) => !QUOTED_LINE.test(line))
    .join('\n');
}
