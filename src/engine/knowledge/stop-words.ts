/** English words that say nothing about a subject. Rare words of other languages weigh little by their frequency. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about above after again all also am an and any are arent as at be because been before being below
  between both but by can cannot cant could couldnt did didnt do does doesnt doing dont down during each either else
  ever few for from further get gets getting got had hadnt has hasnt have havent having he her here hers him his how
  however i id if ill im in into is isnt it its ive just let lets like me might more most much must my no nor not now
  of off on once one only onto or other our ours out over own per please quite rather really same she should shouldnt
  since so some such than thank thanks that thats the their theirs them then there these they this those though
  through to too under until up upon us very via was wasnt we were werent what whats when where whether which while
  who whom whose why will with within without wont would wouldnt yes yet you your yours hello hi hey dear regards
  kind best cheers`.split(/\s+/),
);
