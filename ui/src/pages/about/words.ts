export const WORDS = {
  title: ["About passerby", "O programu passerby"],
  what: [
    "passerby measures how squares and streets are used, from the cameras that already stand there. No picture of a person is kept, and no one is recognised or followed from one camera to another. A count covers only the time that was really watched; what was missed is never filled in.",
    "passerby meri kako se koriste trgovi i ulice, pomoću kamera koje tamo već stoje. Nijedna slika osobe se ne čuva i niko se ne prepoznaje niti prati od jedne kamere do druge. Broj pokriva samo vreme koje je zaista posmatrano; ono što je propušteno nikada se ne dopunjava.",
  ],
  version: ["Version {version}", "Verzija {version}"],
  api: ["Description of the API", "Opis API-ja"],
  licences: ["Licences of what this page is built from", "Licence delova od kojih je stranica napravljena"],
} as const;
