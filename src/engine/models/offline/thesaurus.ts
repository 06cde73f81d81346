/**
 * Words that people use for the same thing in requests for support, by group; the first of a group stands for it.
 * General vocabulary in four languages, so that a French or Danish message meets an English text.
 */
const GROUPS: readonly string[] = [
  'password, passwords, passwort, kennwort, mot de passe, adgangskode, kodeord, pw, pwd, passphrase, contraseña',
  'signin, sign in, signing in, signed in, log in, logging in, logged in, login, log on, logon, logged on, sign on, sign-on, anmelden, anmeldung, connecter, connexion, se connecter, logge ind, logger ind',
  'signout, sign out, signed out, log out, log off, logoff, logout, abmelden, deconnecter',
  'account, accounts, acct, acc, konto, compte',
  'certificate, certificates, cert, certs, zertifikat, certificat, certifikat',
  'expire, expired, expires, expiry, expiring, expiration, lapsed, lapse, outdated, abgelaufen, expire, expiree, perime, udløbet, udlobet, run out, ran out, runs out',
  'renew, renewal, renewed, renews, renewing, erneuern, renouveler, forny, fornye',
  'email, e mail, mail, mails, emails, courriel, courrier, e post',
  'mailbox, mail box, inbox, postfach, boîte, postkasse, boite mail',
  'laptop, laptops, notebook, notebooks, computer, computers, pc, pcs, ordinateur, rechner, bærbar, bærbare, computeren, thinkpad',
  'phone, phones, telephone, handset, mobile, smartphone, cell, iphone, android, handy, telefon, téléphone, mobil, portable telephone',
  'printer, printers, print, printing, prints, printed, drucker, drucken, imprimante, imprimer, printeren, udskrive, skriver',
  'wifi, wi fi, wlan, wireless, wi-fi, trådløst',
  'network, netz, netzwerk, réseau, reseau, netværk, netvaerk, lan',
  'screen, screens, monitor, monitors, display, displays, bildschirm, écran, ecran, skærm, skaerm',
  'headset, headphones, earphones, earbuds, kopfhörer, casque, høretelefoner',
  'microphone, mic, mikrofon',
  'camera, webcam, kamera, caméra',
  'sound, audio, lyd, hear, hears, heard',
  'slow, slowly, slower, sluggish, lag, laggy, lagging, crawl, crawls, crawling, langsam, lent, lente, langsom, langsomt',
  'freeze, freezes, froze, frozen, hang, hangs, hung, hanging, unresponsive, stuck, not responding, hängt, bloqué',
  'crash, crashes, crashed, crashing, stürzt, plante, blue screen, bluescreen, bsod',
  'disconnect, disconnects, disconnected, drop, drops, dropped, dropping, kicked out, cuts out, cut off, abbruch, bricht ab, coupe, afbrydes, afbryder',
  'lock, locked, locks, lockout, locked out, lock out, gesperrt, verrouillé, bloque, låst, laast',
  'folder, folders, directory, ordner, dossier, mappe, mappen',
  'share, shares, shared, sharing, freigabe, partagé, partage, delt, fællesdrev',
  'drive, drives, laufwerk, lecteur, drev',
  'file, files, datei, dateien, fichier, fichiers, fil, filer',
  'delete, deleted, deletes, deleting, remove, removed, removing, erase, erased, gelöscht, löschen, supprimé, supprimer, slettet, slette, wipe, wiped',
  'restore, restored, recover, recovered, recovery, undelete, get back, wiederherstellen, restaurer, récupérer, gendanne',
  'install, installed, installing, installation, setup, set up, setting up, installieren, installer, installere',
  'update, updates, updated, updating, upgrade, upgraded, aktualisierung, mise à jour, opdatering, patch',
  'activate, activated, activation, unlicensed, aktivieren, activer, aktivere',
  'licence, licences, license, licenses, licensed, lizenz, licens',
  'replace, replaced, replacement, swap, ersatz, remplacer, erstatte',
  'order, ordered, ordering, buy, purchase, procure, bestellen, commander, bestille',
  'steal, stolen, theft, thief, gestohlen, volé, stjålet, nicked, robbed',
  'lose, lost, losing, misplaced, left behind, verloren, perdu, perdue, mistet, tabt',
  'phishing, phish, scam, scammer, spoof, spoofed, fraudulent, hameçonnage, suspicious, suspect, dodgy, fake, verdächtig, mistænkelig, suspecte',
  'malware, virus, ransomware, trojan, infected, infection, schadsoftware',
  'bounce, bounced, bounces, undeliverable, returned, ndr, unzustellbar, rejected, refused',
  'attachment, attachments, attached, anhang, pièce jointe, piece jointe, vedhæftet',
  'calendar, calendars, kalender, calendrier, agenda, diary',
  'meeting, meetings, besprechung, réunion, reunion, møde',
  'guest, guests, visitor, visitors, external, gast, gäste, invité, gæst, gæster',
  'website, web site, webpage, site, sites, web page, homepage, webseite, page web, hjemmeside',
  'internet, broadband',
  'block, blocked, blocks, blocking, filtered, gesperrt seite, bloqueren, blokeret, barred',
  'firewall, fire wall, pare feu',
  'payslip, payslips, pay slip, wage slip, salary slip, lohnabrechnung, gehaltsabrechnung, fiche de paie, bulletin de paie, lønseddel, loenseddel',
  'leave, holiday, holidays, vacation, urlaub, congé, conges, ferie, absence, time off',
  'approve, approval, approved, approves, approver, authorise, authorize, genehmigen, approuver, godkende, sign off',
  'permission, permissions, access, rights, berechtigung, zugriff, droits, accès, adgang, rettigheder',
  'mfa, 2fa, two factor, multi factor, authenticator, authentication, otp, zwei faktor, double authentification, godkender',
  'battery, akku, batterie, batteri',
  'charger, charge, charging, charges, ladegerät, chargeur, oplader, power supply',
  'overheat, overheats, overheating, hot, heat, heats, heiß, chauffe, varm',
  'keyboard, tastatur, clavier',
  'dock, docking, docking station, dockingstation, docken',
  'invoice, invoices, rechnung, facture, faktura',
  'vpn, tunnel vpn, remote access',
  'reset, resets, resetting, zurücksetzen, réinitialiser, nulstille',
  'forget, forgot, forgotten, forgets, vergessen, oublié, glemt, cannot remember',
  'request, anfrage, demande, anmodning',
  'recording, recordings, recorded, aufzeichnung, enregistrement, optagelse',
  'macro, macros, makro, makros',
  'starter, joiner, new hire, newcomer, new employee, new starter, onboarding, nouvel arrivant, nyansat',
  'leaver, leaves company, leaving, last day, offboarding, resigned, resign, retires, retiring',
  'forward, forwarding, forwarded, redirect, weiterleiten, weiterleitung, transférer, videresende',
  'out of office, auto reply, autoreply, absence message, automatic reply, abwesenheitsnotiz, oof, ooo',
  'sync, syncs, synced, syncing, synchronise, synchronize, synchronisation, synchronizing, synchronising, synchronisieren, synchroniser',
  'search, searching, searches, suche, recherche, søgning',
  'scan, scans, scanned, scanning, scanner',
  'abroad, roaming, overseas, ausland, étranger, udlandet',
  'full, quota, storage, space, voll, plein, fuld',
  'spam, junk, indésirable, pourriel',
  'call, calls, ringing, rings, ring, anruf, appel, opkald, ringe',
  'voicemail, voice mail, answerphone, mailbox voice, messagerie vocale, telefonsvarer',
  'boot, boots, booting, turn on, turns on, switch on, power on, start up, startup, démarrer, hochfahren, einschalten, starte, tænde, tænder, allumer',
  'restart, restarted, restarting, reboot, rebooted, rebooting, neustart, neu starten, redémarrer, genstart, genstarte',
  'clock, uhr, uhrzeit, horloge, wrong time, system time',
  'macos, mac, macbook, macbooks, osx, imac',
  'windows, win11, win10',
  'sharepoint, share point',
  'onedrive, one drive',
  'error, fehler, erreur, fejl, fehlermeldung',
  'down, offline, outage, unreachable, not reachable, nicht erreichbar, panne, nede',
  'key, keys, schlüssel, clé, cle, nøgle, noegle',
  'gateway, vpn server',
  'dead, tot, mort, død, no lights, no light, kein licht, ingen lys, no power',
  'fan, fans, lüfter, ventilateur, blæser',
];

/** A phrase of several words that counts as one. */
interface Phrase {
  readonly rest: readonly string[];
  readonly head: string;
}

/** Lower case without accents: `Überprüfen` → `uberprufen`, `Udløbet` → `udlobet`. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII, where nothing is to fold
  if (/^[\x00-\x7f]*$/.test(lower)) return lower;
  return lower
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ø', 'o')
    .replaceAll('æ', 'ae')
    .replaceAll('ß', 'ss')
    .replaceAll('’', "'");
}

const single = new Map<string, string>();
const phrases = new Map<string, Phrase[]>();

for (const group of GROUPS) {
  const [head = '', ...others] = group.split(', ').map(fold);
  for (const member of [head, ...others]) {
    const [first = '', ...rest] = member.split(/[ -]/);
    if (rest.length === 0) {
      if (!single.has(first)) single.set(first, head);
    } else {
      const known = phrases.get(first);
      if (known) known.push({ rest, head });
      else phrases.set(first, [{ rest, head }]);
    }
  }
}

/** The word that stands for the group of a folded word; undefined where it has none. */
export const headOf = (word: string): string | undefined => single.get(word);

/** The phrase that begins at `index` of the folded words: its head and length in words. */
export function phraseAt(
  words: readonly string[],
  index: number,
): { head: string; length: number } | undefined {
  const candidates = phrases.get(words[index] ?? '');
  const match = candidates?.find(({ rest }) =>
    rest.every((word, offset) => words[index + 1 + offset] === word),
  );
  return match && { head: match.head, length: match.rest.length + 1 };
}
