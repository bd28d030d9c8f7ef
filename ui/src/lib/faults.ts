// What the API refuses, in the language that is read: by the problem's code, else by its status. Its own text is English.
import type { Refusal } from "./api/client";
import { language } from "./language.svelte";
import { words, type Catalogue } from "./words";

/** Only texts that say as much as the API's own; everything else says that something was not done, and shows that text. */
const WORDS = {
  offline: ["The server does not answer.", "Server ne odgovara."],
  "bad-value": ["Something that was sent cannot be taken.", "Nešto od poslatog ne može da se prihvati."],
  "body-too-long": ["Too much was sent at once.", "Odjednom je poslato previše."],
  "changed-meanwhile": ["Another person has changed this meanwhile. Nothing was overwritten.", "Neko drugi je ovo u međuvremenu izmenio. Ništa nije prepisano."],
  "base-needed": ["It is not known whether this would undo another person's change.", "Ne zna se da li bi ovo poništilo tuđu izmenu."],
  "camera-exists": ["There is a camera of this name already.", "Kamera sa ovim imenom već postoji."],
  "address-refused": ["This address is in no network in which cameras may be.", "Ova adresa nije u mreži u kojoj smeju da budu kamere."],
  "no-camera": ["No camera was found at this address.", "Na ovoj adresi nije nađena kamera."],
  "log-in-refused": ["The log-in was refused.", "Prijava je odbijena."],
  "new-log-in-needed": ["This change needs a log-in of a short while ago.", "Za ovu izmenu je potrebna skorašnja prijava."],
  "no-events": ["No rules are watched at this camera.", "Na ovoj kameri se ne prate pravila."],
  "no-open-case": ["This case is not open: it was answered meanwhile.", "Ovaj predmet nije otvoren: u međuvremenu je na njega odgovoreno."],
  "no-reason-to-look": ["The event is long over: state a purpose of your own.", "Događaj je odavno završen: navedite svoju svrhu."],
  "no-session": ["You are not logged in any more.", "Više niste prijavljeni."],
  "no-web-push": ["This service sends no notices to browsers.", "Ovaj servis ne šalje obaveštenja pregledačima."],
  "no-whole-minute": ["No whole minute was counted.", "Nijedan ceo minut nije izbrojan."],
  "not-allowed": ["Your account may not do this.", "Vaš nalog ovo ne sme."],
  "not-kept": ["What this goes by is not kept.", "Ono na čemu se ovo zasniva se ne čuva."],
  "not-permitted": ["None of your roles permits this here.", "Nijedna od vaših uloga ovo ovde ne dozvoljava."],
  "not-published": ["No register has been published yet.", "Registar još nije objavljen."],
  "not-ready": ["The service is not ready yet.", "Servis još nije spreman."],
  "not-registered": ["The record in the register is not complete, so the camera does not run.", "Zapis u registru nije potpun, pa kamera ne radi."],
  "not-to-be-decided": ["This is for the privacy officer to follow up.", "Ovim se bavi lice za zaštitu podataka."],
  "not-written": ["It could not be written down; what ran goes on running.", "Nije moglo da se upiše; ono što je radilo radi i dalje."],
  "nothing-to-take-back": ["There is nothing of yours to take back.", "Nema vaše odluke koja bi se povukla."],
  "password-not-readable": ["The password that is kept cannot be read.", "Sačuvana lozinka ne može da se pročita."],
  "password-not-taken": ["This camera takes no password here.", "Lozinka ove kamere se ne menja ovde."],
  "place-not-learned": ["The empty place is still being learned.", "Prazno mesto se još uči."],
  "provider-away": ["The log-in provider does not answer.", "Davalac usluge prijave ne odgovara."],
  "purpose-needed": ["State first why you look.", "Prvo navedite zašto gledate."],
  "site-file-refused": ["The site file would have faults; what ran goes on running.", "Datoteka lokacije bi imala greške; ono što je radilo radi i dalje."],
  "store-failed": ["The database refused this. Nothing that was measured is lost.", "Baza podataka je ovo odbila. Ništa izmereno nije izgubljeno."],
  "store-unavailable": ["The database does not answer now. Nothing that was measured is lost.", "Baza podataka trenutno ne odgovara. Ništa izmereno nije izgubljeno."],
  "too-many-attempts": ["Too many attempts. Wait, then try again.", "Previše pokušaja. Sačekajte, pa pokušajte ponovo."],
  "too-many-decisions": ["This event has too many decisions already.", "Za ovaj događaj već ima previše odluka."],
  "too-many-requests": ["Too many requests. Wait, then try again.", "Previše zahteva. Sačekajte, pa pokušajte ponovo."],
  unexpected: ["Something went wrong that was not foreseen.", "Desilo se nešto što nije predviđeno."],
  "widens-purpose": ["This would use registered cameras for more than the register says.", "Ovo bi koristilo registrovane kamere za više nego što piše u registru."],
  "worker-away": ["The camera's process does not run now.", "Proces kamere trenutno ne radi."],
  forbidden: ["You may not do this.", "Ovo ne smete."],
  gone: ["There is no such thing here.", "Toga ovde nema."],
  conflict: ["It does not fit what is there now.", "Ne slaže se sa onim što je sada tu."],
  failed: ["This was not done.", "Ovo nije urađeno."],
} as const satisfies Catalogue;

const t = words(WORDS);

/** The key of a refusal's words. */
export function faultKey(status: number, code: string): keyof typeof WORDS {
  if (status === 0) return "offline";
  if (Object.hasOwn(WORDS, code)) return code as keyof typeof WORDS;
  return status === 403 ? "forbidden" : status === 404 ? "gone" : status === 409 || status === 412 ? "conflict" : "failed";
}

/** What a refusal says, in the language that is read: in English the API's own text, which says most. */
export function sentenceOf(refusal: Pick<Refusal, "status" | "code" | "message">): string {
  return language.current === "en" && refusal.status !== 0 ? refusal.message : t(faultKey(refusal.status, refusal.code));
}

/** The API's own text, where it says more than the sentence: in English it is the sentence. */
export function detailOf(refusal: Pick<Refusal, "status" | "message">): string {
  return language.current === "en" || refusal.status === 0 ? "" : refusal.message;
}
