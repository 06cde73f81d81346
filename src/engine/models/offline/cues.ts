/** How sentences show what they are for: general English (and the question words of four languages), no topic. */

/** What kind of thing a question wants to hear, by its wording, and how a sentence that tells it looks. */
export const WANTS: readonly { readonly asks: RegExp; readonly tells: RegExp }[] = [
  {
    asks: /\bhow (?:long|soon|fast|quickly)\b|\bhow many (?:minutes|hours|days)\b|\bwhen (?:will|would|should|must|does|do|is|are|can)\b|wie lange|combien de temps|hvor længe/i,
    tells:
      /\d+\s?-?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)|\b(?:mon|tues|wednes|thurs|fri)day|\d{2}:\d{2}/i,
  },
  { asks: /\bhow (?:many|much|big|large)\b|\blimit\b|\bmaximum\b|wie viele|combien/i, tells: /\d/ },
  { asks: /\bwhere\b|(?:^|\s)(?:wo|où|hvor)\s/i, tells: /[>/\\]|`|\bunder\b|\bin the\b|\bat\b/i },
  {
    asks: /\bwho\b|\bwhom\b|(?:^|\s)(?:wer|qui|hvem)\s/i,
    tells: /\bteam\b|\bdesk\b|\bmanager\b|\bowner\b|\bext\./i,
  },
  {
    asks: /\bwhy\b|\bhow come\b|\breason\b|warum|pourquoi|hvorfor/i,
    tells: /\bbecause\b|\bsince\b|\bcauses?\b|\bmeans\b|\breason\b|\bdue to\b|\busually\b|\balmost always\b/i,
  },
  { asks: /\bwhat (?:does|is|are)\b.*\b(?:mean|meaning|code)\b|\bmean(?:s|ing)?\b/i, tells: /\bmeans?\b/i },
];

/** Questions for a way to do something. */
export const HOW_TO =
  /\bhow (?:do|can|to|should|would|must)\b|\bwhat (?:do|should|must|can) (?:i|we)\b|\bsteps?\b|wie (?:kann|kriege|bekomme)|comment (?:puis|faire)|hvordan/i;

/** Headings of sections that find out what is the matter, and do not mend it. */
export const LOOKING_HEADING = /\b(?:checks?|tests?|find out|before you)\b/i;

export const CAUSE =
  /\b(?:because|almost always|nearly always|usually|mostly|the (?:usual|most frequent|likely) (?:cause|reason)|means that|is caused by|comes from|the reason|due to|since)\b/i;

/** Sentences about the text itself, and those that only send the reader elsewhere. */
export const ABOUT_TEXT =
  /^(?:this (?:article|page|guide|list|text|is for|is about|explains|concerns|covers)|for (?:people|anyone|everyone|colleagues|those|whoever|all)\b|for \w+:|it concerns|use this (?:when|page|article)|for (?:\w+ ){1,5}who\b|find your|these (?:steps|notes)|below|(?:please )?see|the following|here)\b|\b(?:is the subject of|continue with|read|see|follow|as in|(?:covered|described|explained|listed|steps) (?:in|under)) "[^"]{8,}"/i;

export const ANAPHOR =
  /^(?:it|this|that|these|those|they|he|she|then|after that|but|and|so|also|both|either|the same|otherwise|instead|alternatively|in that case|there)\b|\binstead\.$/i;

/** What a sentence says of which case it is for, in its first group: a condition, a code, a sign and its meaning. */
export const CASES: readonly RegExp[] = [
  /^(?:if|when|should|unless|without|on (?:an?|every|older|newer|private)|on (?=\p{Lu})|in case|outside|inside|after|before|where|for (?:an?|the|new))\b(.*?)(?:,|:|;|\bthen\b|$)/iu,
  /^(\*\*[^*]+\*\*|`[^`]+`|"[^"]+")/,
  /^(.{3,80}?)\b(?:means?|points? to|indicates?)\b/i,
];

/** A sentence that says what the sentence before it leads to: a look and what follows from it belong together. */
export const CONSEQUENCE =
  /^if (?:it|that|this|they|(?:the|your) (?:\w+ ){1,3}(?:has|have|is|are|was|goes|comes|stays|works|fails|appears))\b/i;

/** What to do where the main way does not help, whatever the topic. */
export const FALLBACK =
  /^(?:if (?:that|this|it|none|nothing|you cannot|you can't|neither)\b|(?:otherwise|should that|still)\b)|\b(?:does not help|did not help|still fails?|not help|cannot wait|ext\. \d|on-call)\b/i;
export const FALLBACK_HEADING =
  /\b(?:if|still|cannot|not help|else|otherwise|who to|ask|next|wait|contact|reporting|escalat\w*|worse)\b/i;

/** Looks that came to nothing are for whoever goes on looking, not for the writer. */
export const NOTHING_FOUND = /\bno (?:errors?|warnings?|findings?|problems?) (?:among|in|were|was|found)\b/i;
