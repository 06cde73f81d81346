/** Country codes of ISO 3166 that end domain names, and the generic endings that people meet. */
const TOP_LEVEL: ReadonlySet<string> = new Set(
  (
    'ac ad ae af ag ai al am ao ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ' +
    'ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg ' +
    'gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn ' +
    'kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na ' +
    'nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh ' +
    'si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve ' +
    'vg vi vn vu wf ws ye yt za zm zw ' +
    'com net org edu gov mil int info biz name pro mobi tel travel jobs museum aero asia cat coop app dev cloud online site ' +
    'website store shop tech blog email support systems network company group agency solutions services digital media news ' +
    'world global host hosting space page pages link club team studio design work works tools software bank finance health ' +
    'care clinic school university academy xyz top icu live life today center zone city london berlin paris hamburg koeln ' +
    'wien nyc amsterdam brussels bayern swiss ' +
    'example test invalid localhost local internal intranet corp home lan localdomain private onion'
  ).split(' '),
);

/** Endings of file names that are top-level domains too: without `www` or a URL around it, `notes.md` is a file. */
const FILE_ENDINGS: ReadonlySet<string> = new Set(['md', 'py', 'sh', 'rs', 'cc', 'ps', 'so', 'tf']);

/** Endings that are words too: in two parts, `is down.it worked before` only lacks a space. */
const WORD_ENDINGS: ReadonlySet<string> = new Set(
  'it is in my so do as am at be by me no to us we or re work works live today support team group name care id'.split(
    ' ',
  ),
);

/** Products whose names look like a domain. */
const PRODUCTS: ReadonlySet<string> = new Set([
  'asp.net',
  'ado.net',
  'vb.net',
  'ml.net',
  'paint.net',
  'socket.io',
]);

/** Packages and namespaces as stack traces name them: `java.net`, `org.springframework.web`. */
const CODE = /^(?:java|javax|jakarta|kotlin|scala|android|sun|jdk|org|com|net|io|system|microsoft|os|sys)\./i;

/** `getHost.name` is code. */
const CAMEL_CASE = /\p{Ll}\p{Lu}/u;

/**
 * True where a name that stands alone in prose is meant as a host. File names, code, versions and sentences without a
 * space after the full stop are not.
 */
export function isBareHostName(text: string): boolean {
  const name = text.toLowerCase();
  const labels = name.split('.');
  const ending = labels.at(-1) ?? '';
  if (labels.length < 2 || labels.some((label) => label === '') || CAMEL_CASE.test(text)) return false;
  if (!TOP_LEVEL.has(ending) && !ending.startsWith('xn--')) return false;
  if (FILE_ENDINGS.has(ending)) return labels[0] === 'www';
  if (PRODUCTS.has(name) || (CODE.test(name) && ending !== 'com')) return false;
  return labels.length > 2 || !WORD_ENDINGS.has(ending);
}
