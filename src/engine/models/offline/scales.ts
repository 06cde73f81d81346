import { memoize } from './lru.js';

/**
 * What a scale of extent or of haste speaks of. `named` is how the description of a level says it, `signs` how a
 * message shows it, `usual` what to expect of a message that shows nothing.
 */
interface Degree {
  readonly named: RegExp;
  readonly signs: readonly RegExp[];
  readonly usual: number;
  /** How much each sign says. */
  readonly telling: number;
}

/** Degrees by name, in the everyday English of requests with the commonest words of German, French and Danish. */
const DEGREES: Readonly<Record<string, Degree>> = {
  one: {
    named:
      /\b(?:one|single|individual|alone|1) (?:person|user|employee|individual|colleague)|\bindividual\b|\bonly (?:me|one)\b|\bself\b/gi,
    signs: [/\b(?:i|i'm|i've|my|me|mine|ich|mein\w*|je|mon|ma|jeg|min|mit)\b/gi],
    usual: 0.35,
    telling: 0.1,
  },
  group: {
    named: /\bteams?\b|\bdepartments?\b|\bgroups?\b|\bseveral\b|\bsome (?:people|users)\b|\bunit\b/gi,
    signs: [
      /\b(?:our|my|the|whole|entire) (?:\w+ )?(?:team|department|dept|shift|warehouse|crew|corridor|testers)\b/gi,
      /\b(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|twelve|a dozen|several|some|many|half) (?:\w+ )?(?:of us|people|ppl|persons|users|pcs|computers|laptops|colleagues|phones|stations|others|temps|dealers|desks|agents|buyers|callers|planners|personer|kollegen|collègues)\b/gi,
      /\b(?:colleagues?|neighbours?|others) .{0,30}\b(?:the )?same\b|\bsame (?:for|with|at) .{0,20}\b(?:colleague|neighbour|other|everyone|us)/gi,
      /\b(?:we all|all of us|for us all|we (?:can't|cannot|can not)|both of us|in the dept)\b|\b(?:everyone|everybody|nobody) in (?:the|our|\p{Lu})|\b(?:neighbours?|next to me) .{0,20}\bsame\b|\bhele (?:teamet|afdelingen)\b/giu,
    ],
    usual: 0.1,
    telling: 0.6,
  },
  all: {
    named:
      /\b(?:whole|entire) (?:company|organi[sz]ation|site|office|business)|\bsites?\b|\beveryone\b|\ball (?:users|staff|employees)\b|\bcompany[- ]?wide\b|\bcustomers\b/gi,
    signs: [
      /\b(?:whole|entire|all of the|complete) (?:company|office|building|site|floor|firm|plant)\b/gi,
      /\ball (?:users|staff|floors|sites|customers|visitors|home workers|offices|browsers)\b|\bevery (?:visitor|user|customer|one of us)\b/gi,
      /\b(?:nobody|no one|no-one) (?:can|is able|gets|at)\b|\beverybody\b|\banywhere\b|\beveryone\b|\b(?:[6-9]\d|[1-9]\d\d) (?:people|colleagues|users|of us|collègues)\b/gi,
      /\b(?:shop|checkout|site|website|main number|hotline)\b.{0,60}\b(?:50[0234]|busy|zero calls|unreachable)\b|\bHTTP 50\d\b|\b(?:customers|callers|suppliers)\b.{0,30}\b(?:no|not|never|warns?|refuse)\b/gi,
      /\b(?:shop|website|web site|homepage)\b.{0,30}\b(?:down|shows?|dead|gone|expired|broken|redirect)|\bcustomers? (?:can't|cannot|see|get|complain|are)\b|\boutage\b|\btout le site\b/gi,
    ],
    usual: 0,
    telling: 0.6,
  },
  halt: {
    named:
      /\bstopped\b|\bstandstill\b|\bharm\b|\bcannot (?:work|wait)\b|\burgent\b|\bcritical\b|\bimmediate\w*\b|\bemergency\b|\bat once\b/gi,
    signs: [
      /\b(?:can't|cant|cannot|can not|unable to) (?:\w+ )?(?:work|get in|log|sign|start|do anything|send|post|open anything|reach anything)\b/gi,
      /\b(?:urgent\w*|asap|immediately|emergency|critical|at once|sofort|dringend|urgence|haster)\b|!{2,}/gi,
      /\b(?:stolen|lost (?:my|the|his|her)|ransom\w*|virus|malware|hacked|typed my password|entered my password|clicked (?:it|on|the)|locked out|leaked|ransomware|encrypted)\b|\b(?:pressed|tapped|clicked) (?:approve|yes)\b|\b(?:password|card number)\b.{0,40}\b(?:typed|entered|gave)\b|\bnot me\b/gi,
      /\b(?:nothing (?:prints|leaves|comes|goes|arrives|loads)|no (?:wireless|network|connection|wifi|wi-fi) at all|zero calls|unreachable|can't do anything|waiting (?:for|at|in)|umöglich|umuligt|impossible)\b/gi,
      /\b(?:today|tonight|this morning|in an hour|within the hour|due|deadline|before noon|at \d{1,2}[.:]\d\d|by \d{1,2}(?:[.:]\d\d|\s?[ap]m)?)\b/gi,
      /\b(?:dead|nothing works|down|black screen|work has stopped|standing still|completely|whole (?:team|department) (?:is )?(?:waiting|idle))\b/gi,
    ],
    usual: 0.2,
    telling: 0.9,
  },
  hinder: {
    named:
      /\bhinder\w*|\bslow\b|\bannoy\w*|\bway around\b|\bworkaround\b|\bdegraded\b|\bimpaired\b|\bdifficult\b|\bpartly\b/gi,
    signs: [
      /\b(?:slow\w*|annoying|sometimes|intermittent\w*|now and then|every (?:few|single|time)|keeps?|again|drops?|jerky|stuck)\b/gi,
      /\b(?:doesn't|doesnt|does not|don't|won't|isn't|not|never|no longer|fails?|failed|error|missing|vanished|gone|refused|blocked|denied)\b/gi,
      /\b(?:langsam|lent|langsomt|wieder|encore|igen|nicht|pas|ikke)\b/gi,
    ],
    usual: 0.5,
    telling: 0.6,
  },
  wait: {
    named:
      /\bwait\b|\blater\b|\bquestions?\b|\bno (?:rush|hurry)\b|\bconvenience\b|\bsome day\b|\bminor\b|\bcosmetic\b|\brequests?\b/gi,
    signs: [
      /\bno (?:rush|hurry|stress)\b|\bnot urgent\b|\bwhen(?:ever)? you (?:have|get|find)\b|\bat your convenience\b|\bcan wait\b|\bcurious\b/gi,
      /\b(?:may|can|could|should) i\b|\bis it (?:possible|ok|allowed)\b|\bam i\b|\bwho do i\b|\bhow do (?:i|we)\b|\bi(?:'d| would) like\b|\bwould love\b/gi,
      /\bplease (?:order|quote|send|open|add|create)\b|\bnext (?:week|month|year)\b|\b(?:new|buy|order|quote|request|replacement|rather|instead)\b/gi,
      /\b(?:genuine|policy|rule|allowed|due a|what happens)\b|\bcan (?:we|you) (?:have|get|order)\b/gi,
    ],
    usual: 0.5,
    telling: 0.6,
  },
};

const count = (pattern: RegExp, text: string): number => text.match(pattern)?.length ?? 0;

/** How clearly a description names each degree. */
export const degreesNamed = memoize(
  500,
  (text: string): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(DEGREES).map(([name, { named }]) => [name, count(named, text)])),
);

/** How clearly a message shows each degree; what shows nothing has what is usual. */
export const degreesShown = memoize(
  500,
  (text: string): Readonly<Record<string, number>> =>
    Object.fromEntries(
      Object.entries(DEGREES).map(([name, { signs, usual, telling }]) => [
        name,
        usual + signs.reduce((sum, sign) => sum + Math.log1p(count(sign, text)), 0) * telling,
      ]),
    ),
);
