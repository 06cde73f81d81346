/** General knowledge of languages: closed word classes only, nothing about any prompt, product or taxonomy. */

const words = (list: string): ReadonlySet<string> => new Set(list.split(/\s+/).filter(Boolean));

/** Function words by ISO 639-1 code: left out of comparisons, and the cheapest sign of a language. */
export const FUNCTION_WORDS: Readonly<Record<string, ReadonlySet<string>>> = {
  en: words(`a an the and or but nor so if then than as at by for from in into of off on onto out over to under up with
    without within about after again against all am any are aren arent be because been before being below between both
    cant can cannot could couldnt couldn did didnt didn do does doesnt doesn doing don dont down during each few further had hadnt
    has hasnt hasn have havent haven having he her here hers herself him himself his how i im ive id ill is isnt isn it its itself just me more most my
    myself no not now off once only other our ours ourselves own same she should shouldnt shes hes some such that thats the
    their theirs them themselves there theres these they theyre this those through too until us very was wasnt wasn we were werent weren
    what whats when where which while who whom why will wont won would wouldnt wouldn you your yours yourself youre also else ever
    even every may might much many must shall still yet though although however via per upon whether either neither
    another like got get gets getting let lets s t m re ve ll d eg ie etc`),
  de: words(`der die das den dem des ein eine einen einem einer eines und oder aber nicht ich du er sie es wir ihr mich mir
    mein meine meinen meinem meiner unser unsere ist sind war waren wird werden wurde kann konnen konnte habe hat haben hatte bei mit von vom zu zum zur auf aus
    fur im in am an als auch nach nur noch sich seit wenn was wie wo warum bitte kein keine keinen mehr schon dass da so um uber unter vor
    immer wieder jetzt hier dieser diese dieses diesem diesen man muss doch gibt geht ihnen ihre ihren`),
  fr: words(`le la les un une des du de et ou mais ne pas je tu il elle nous vous ils elles mon ma mes notre nos votre vos son sa
    ses ce cet cette ces est sont etait suis avons avez ont ai a au aux en dans sur sous avec sans pour par plus que qui quoi quand
    comment pourquoi depuis si se me te lui leur y on c d j l m n s t qu cela ca comme tout tous toute toutes deja encore tres
    bien fait faire peut peux etre avoir merci bonjour apres avant`),
  da: words(`den det de en et og eller men ikke jeg du han hun vi i mig min mit mine vores er var bliver blev kan kunne har havde
    ved med af til fra pa om som der at for nar hvad hvordan hvor hvorfor hvem skal vil ville ogsa kun endnu siden efter for over under
    ingen noget nogen alle mere her nu sig os jer dem denne dette disse hej tak venlig hilsen`),
  es: words(`el la los las un una unos unas y o pero no yo tu el ella nosotros mi mis su sus nuestro es son era esta estan ha he
    han hay con sin por para de del al en que quien como cuando donde porque desde muy mas ya se me te le lo les este esta esto puedo puede hola gracias`),
  nl: words(`de het een en of maar niet ik je jij hij zij wij we mijn ons onze is zijn was waren wordt kan kunnen heb heeft hebben
    bij met van naar op uit voor in aan als ook na nog maar sinds wat hoe waar waarom wie geen meer al dat dit deze die er te om over onder`),
  it: words(`il lo la i gli le un uno una e o ma non io tu lui lei noi mio mia nostro sono sei ha ho abbiamo hanno con senza per di
    del della dei al alla in nel nella che chi come quando dove perche da dal piu gia si mi ti ci questo questa posso ciao grazie`),
  pt: words(`o a os as um uma e ou mas nao eu tu ele ela nos meu minha nosso e sao era esta estao tem tenho com sem por para de do da
    dos das no na em que quem como quando onde porque desde muito mais ja se me te lhe este esta isto posso ola obrigado`),
  sv: words(`den det de en ett och eller men inte jag du han hon vi mig min mitt mina var ar blir kan har hade vid med av till fran pa
    om som att for nar vad hur dar varfor vem ska vill ocksa bara sedan efter over under ingen nagot alla mer har nu sig hej tack`),
};

/** Words of courtesy, of trying and of trouble in general: they stand in most requests and tell them little apart. */
export const WEAK_WORDS: ReadonlySet<string> =
  words(`please help thanks thank hi hello hey dear regards cheers best kind morning afternoon evening day today
  yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday week weeks month months year years hour hours minute
  minutes time times ago soon late later early already since always never often sometimes maybe perhaps really actually basically
  need needs needed want wants wanted try tries tried trying use uses used using make makes made making do does done go goes going went gone come comes came
  coming take takes took taken give gives gave given say says said saying tell tells told see sees saw seen look looks looked looking know knows knew known
  think thinks thought find finds found show shows showed shown ask asks asked asking keep keeps kept put puts seem seems happen happens happened happening
  way thing things something anything nothing someone somebody anyone anybody everyone everybody nobody people person one two three first second last next new old good bad
  great nice right wrong big small little long short whole lot lots bit kind sort part able unable possible impossible sure ok okay yes yeah
  problem problems issue issues trouble error errors message messages question questions request ticket support desk service team colleague colleagues
  work works worked working fail fails failed failing stop stops stopped broken fine well back away around pls plz asap urgent urgently
  fix fixed repair solve solved resolve resolved answer reply wonder wondering idea ideas hope sorry step steps instead properly normal normally usually without
  start started starting begin began open opens opened opening click clicked press pressed select choose
  user users employee staff office company larger call called calling contact number name appear appears appeared cause causes caused reason mean means meant
  suddenly please kindly advise appreciated appreciate grateful cordialement merci bonjour hallo danke bitte gruss grusse hej tak hilsen mvh venlig`);

/** Openers and closers of letters, as they stand at the beginning of a line. */
export const GREETING =
  /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|morning|afternoon|greetings|hallo|guten (?:tag|morgen)|sehr geehrte\w*|liebe[rs]?|moin|bonjour|salut|bonsoir|hej|kære|god(?:morgen|dag)|hola|ciao)\b[^.?!\n]{0,40}[,!.:–—-]*\s*$/iu;
/** The same opener where the letter goes on in the same line. */
export const INLINE_GREETING =
  /^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen)|bonjour|salut|hej|kære)(?: (?:all|there|team|everyone|folks|service desk|it|desk|helpdesk|support|zusammen))?\s*[,!.–—-]+\s+/iu;
export const CLOSING =
  /^(?:(?:kind|best|warm|many)?\s*(?:regards|wishes)|(?:many |with )?thanks?(?: you)?(?: (?:a lot|so much|very much|in advance|again|and regards))?|thx|ta|cheers|best|sincerely|yours(?: \w+)?|cordialement|(?:bien )?à vous|merci(?: (?:d'avance|beaucoup))?|bien cordialement|mit freundlichen grüßen|(?:viele|beste|liebe|freundliche) grüße|vielen dank|danke|gruß|mfg|lg|vg|venlig hilsen|med venlig hilsen|mvh|vh|hilsen|(?:mange |på forhånd )?tak|sent from my .*|get outlook for .*|envoyé de mon .*|von meinem .* gesendet|sendt fra min .*)\s*[,.!]*\s*$/iu;

/** Place of a feeling on two axes, each -1 to 1: how pleasant, how agitated. */
export const FEELINGS: Readonly<Record<string, readonly [pleasant: number, agitated: number]>> = {
  calm: [0.1, -0.3],
  neutral: [0, -0.3],
  polite: [0.3, -0.3],
  positive: [0.7, 0],
  happy: [0.8, 0.2],
  satisfied: [0.7, -0.2],
  grateful: [0.7, 0],
  worried: [-0.4, 0.3],
  anxious: [-0.45, 0.4],
  concerned: [-0.35, 0.2],
  confused: [-0.25, 0.1],
  sad: [-0.5, -0.2],
  negative: [-0.5, 0.3],
  frustrated: [-0.6, 0.55],
  annoyed: [-0.55, 0.45],
  upset: [-0.65, 0.6],
  urgent: [-0.3, 0.7],
  angry: [-0.9, 0.9],
  furious: [-1, 1],
};

/** Words that carry one of those feelings. */
export const FEELING_WORDS: Readonly<Record<string, ReadonlySet<string>>> = {
  positive: words('great happy pleased love lovely perfect wonderful excellent brilliant super awesome'),
  worried:
    words(`worried worry worrying afraid scared fear concerned concern panic panicking nervous anxious stupid suspicious alarmed risk danger
    dangerous inquiet inquiete sorge besorgt angst bekymret bange unsure hacked stolen`),
  frustrated:
    words(`again frustrating frustrated annoying annoyed still fourth third repeatedly constantly endless tired fed useless hopeless
    already waste wasting wasted every nervt genervt encore agace agacant irriterende igen nothing-helps sigh ugh argh`),
  angry:
    words(`ridiculous unacceptable outrageous disgrace disgraceful furious angry anger terrible awful joke incompetent pathetic scandal
    complaint complain escalate shocking appalling wtf damn bloody hell inacceptable unverschamt scandaleux uacceptabelt vred`),
};

/** Words that turn a statement round. */
export const NEGATIONS: ReadonlySet<string> = words(
  'not no never none neither nor without cannot cant dont doesnt isnt arent wont off unrelated irrelevant foreign false absent excluded outside',
);
