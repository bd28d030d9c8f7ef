"""What the pages say in Serbian, in Latin script; Cyrillic is made from it. A test compares this with what they say."""

from collections.abc import Mapping
from typing import Final

SERBIAN: Final[Mapping[str, str]] = {
    # The frame of every page.
    "Cameras": "Kamere",
    "Events": "Događaji",
    "Analysis": "Analiza",
    "Validate": "Provera",
    "Governance": "Upravljanje",
    "Account": "Nalog",
    "Pages": "Stranice",
    "Language": "Jezik",
    "Skip to the content": "Preskoči na sadržaj",
    "Public register": "Javni registar",
    "It measures the place, never the person.": "Meri mesto, nikada osobu.",
    "{what}: none.": "{what}: nema.",
    "This was not done.": "Ovo nije urađeno.",
    "There is no such page": "Takva stranica ne postoji",
    "Nothing is served at this address: it is misspelt, or the page is no more.": (
        "Na ovoj adresi nema ničega: pogrešno je napisana, ili stranice više nema."
    ),
    "Go to the cameras": "Idi na kamere",
    # Log-in.
    "Log in": "Prijava",
    "Log in again": "Ponovna prijava",
    "Log in with {name}": "Prijava preko {name}",
    "Log in again with {name}": "Ponovna prijava preko {name}",
    "Log in with a passkey": "Prijava pristupnim ključem",
    "Use a passkey": "Upotrebi pristupni ključ",
    "Name": "Ime",
    "Password": "Lozinka",
    "Code": "Kod",
    "six digits from the app, or a recovery code": "šest cifara iz aplikacije, ili rezervni kod",
    "What is measured here is public: ": "Ono što se ovde meri je javno: ",
    "the register": "registar",
    "This link lets no one in any more": "Ova veza više nikoga ne pušta",
    "A link works once, and for 15 minutes: this one was used already, is older, or never was one.": (
        "Veza radi jednom, i to 15 minuta: ova je već upotrebljena, starija je, ili nikada nije ni bila veza."
    ),
    "On the machine that passerby runs on, ": "Na računaru na kom radi passerby, ",
    " prints a new one.": " ispisuje novu.",
    "Who has an account ": "Ko ima nalog, ",
    "logs in": "prijavljuje se",
    " instead.": ".",
    "Please come in by the link": "Uđite preko veze",
    "There is no session here": "Ovde nema sesije",
    "This browser has not come in yet, or its session has ended.": (
        "Ovaj pregledač još nije ušao, ili je njegova sesija istekla."
    ),
    "There was no log-in in this browser yet, or its session has ended. Log in, and the page that you asked "
    "for opens.": (
        "U ovom pregledaču se još niko nije prijavio, ili je sesija istekla. "
        "Prijavite se, i otvoriće se stranica koju ste tražili."
    ),
    "passerby prints a link at its start; ": "passerby pri pokretanju ispisuje vezu; ",
    " gives a new one. It works once, and for 15 minutes.": " daje novu. Radi jednom, i to 15 minuta.",
    "There are no accounts here yet: the link opens everything, and lets you add the first one.": (
        "Ovde još nema naloga: veza otvara sve, i omogućava da dodate prvi."
    ),
    "What comes next can change who may do what, so your last log-in must not be long ago.": (
        "Ono što sledi može da promeni ko šta sme, pa vaša poslednja prijava mora da bude nedavna."
    ),
    "Open a new link": "Otvorite novu vezu",
    "the link was opened too long ago for this: open a new one, which `passerby link SITE.yaml` prints": (
        "veza je za ovo otvorena pre previše vremena: otvorite novu, koju ispisuje `passerby link SITE.yaml`"
    ),
    # An invitation.
    "Welcome, {name}": "Dobro došli, {name}",
    "Choose what you will log in with. You can add the other one later, on your account's page.": (
        "Izaberite čime ćete se prijavljivati. Drugo možete da dodate kasnije, na stranici svog naloga."
    ),
    "A passkey": "Pristupni ključ",
    "Your device or a security key proves who you are; there is nothing to remember.": (
        "Vaš uređaj ili bezbednosni ključ dokazuje ko ste; ništa ne mora da se pamti."
    ),
    "Add a passkey": "Dodaj pristupni ključ",
    "This needs scripts and a host name.": "Za ovo su potrebne skripte i ime računara.",
    "A password and codes": "Lozinka i kodovi",
    "Add this account to an app for one-time codes: scan the picture, or type the key. "
    "Then type the code that the app shows.": (
        "Dodajte ovaj nalog u aplikaciju za jednokratne kodove: skenirajte sliku ili ukucajte ključ. "
        "Zatim ukucajte kod koji aplikacija prikaže."
    ),
    "QR code": "QR kod",
    "Key: ": "Ključ: ",
    "New password": "Nova lozinka",
    "at least 12 letters; a few words are fine": "najmanje 12 znakova; nekoliko reči je dobro",
    "Code that the app shows": "Kod koji aplikacija prikazuje",
    "Set password": "Postavi lozinku",
    "Keep these recovery codes": "Sačuvajte ove rezervne kodove",
    "Each of them lets you in once when the app is not at hand. They are shown this once: print them, or "
    "write them down, and keep them where your password is not.": (
        "Svaki od njih vas jednom pušta kada aplikacija nije pri ruci. Prikazuju se samo sada: odštampajte ih ili "
        "prepišite, i čuvajte ih tamo gde nije vaša lozinka."
    ),
    "Go on": "Nastavi",
    # The one-time link, and the first account.
    "The one-time link": "Jednokratna veza",
    "There are accounts, so this link only ": "Nalozi postoje, pa ova veza samo ",
    "recovers an administrator": "vraća pristup administratoru",
    "There are no accounts yet: who holds the link may do everything on this machine. ": (
        "Još nema naloga: ko ima vezu, sme sve na ovom računaru. "
    ),
    "Add the first administrator": "Dodajte prvog administratora",
    " before others are to reach it.": " pre nego što joj drugi pristupe.",
    "Recover an administrator": "Vraćanje pristupa administratoru",
    "Recover {name}": "Vrati pristup: {name}",
    "Password, codes, passkeys and sessions of the account go, and its owner sets new ones. It is "
    "written into the audit log.": (
        "Lozinka, kodovi, pristupni ključevi i sesije naloga se brišu, a vlasnik postavlja nove. "
        "To se upisuje u dnevnik pristupa."
    ),
    "The first administrator": "Prvi administrator",
    "This account adds the others. It sees neither pictures nor counts; who sees them is confirmed by "
    "a privacy officer. From then on the link only recovers an administrator.": (
        "Ovaj nalog dodaje ostale. On ne vidi ni slike ni brojeve; ko ih vidi, potvrđuje lice za zaštitu podataka. "
        "Od tada veza samo vraća pristup administratoru."
    ),
    "Name of the account": "Ime naloga",
    "letters, digits, dots and dashes": "slova, cifre, tačke i crtice",
    "Add the account": "Dodaj nalog",
    # One's own account.
    "Log out": "Odjavi se",
    "Accounts and grants": "Nalozi i prava",
    "Passwords of cameras": "Lozinke kamera",
    "API tokens": "API tokeni",
    "Set a new password and codes": "Postavi novu lozinku i kodove",
    "What you may do": "Šta smete",
    "Role": "Uloga",
    "Until": "Do",
    "every camera": "sve kamere",
    "Your sessions": "Vaše sesije",
    "Browser": "Pregledač",
    "By": "Ko",
    "How": "Kako",
    "Since": "Od",
    "Last used": "Poslednja upotreba",
    "End": "Završi",
    "End all other sessions": "Završi sve ostale sesije",
    "this one": "ova",
    "unknown": "nepoznat",
    "never": "nikada",
    "password": "lozinka",
    "passkey": "pristupni ključ",
    "sign on": "jedinstvena prijava",
    "link": "jednokratna veza",
    "Your passkeys": "Vaši pristupni ključevi",
    "Passkey": "Pristupni ključ",
    "Added": "Dodat",
    "Remove": "Ukloni",
    "Your single sign-on": "Vaša jedinstvena prijava",
    "Provider": "Davalac usluge",
    "Known there as": "Tamo poznat kao",
    "there is no such session of yours": "nemate takvu sesiju",
    # Accounts and grants.
    "Accounts": "Nalozi",
    "State": "Stanje",
    "Change": "Izmena",
    "enabled": "omogućen",
    "disabled": "onemogućen",
    "Invite anew": "Pozovi ponovo",
    "Disable": "Onemogući",
    "Enable": "Omogući",
    "Grants": "Prava",
    "From": "Od",
    "holds": "važi",
    "taken back": "povučeno",
    "over": "isteklo",
    "waits for confirmation": "čeka potvrdu",
    "gives nothing: one person gave it": "ne daje ništa: dala ga je jedna osoba",
    "not yet": "još ne važi",
    "Confirm": "Potvrdi",
    "Take back": "Povuci",
    "New account": "Novi nalog",
    "Add and invite": "Dodaj i pozovi",
    "Propose a grant": "Predloži pravo",
    "Propose": "Predloži",
    "Invitation": "Pozivnica",
    "Hand this link over by a way that you trust. It works once, for a day, and is not shown again.": (
        "Predajte ovu vezu pouzdanim putem. Radi jednom, jedan dan, i neće biti ponovo prikazana."
    ),
    "Back to the accounts": "Nazad na naloge",
    "analyst": "analitičar",
    "engineer": "inženjer",
    "operator": "operater",
    "privacy officer": "lice za zaštitu podataka",
    "auditor": "revizor",
    "administrator": "administrator",
    # Tokens.
    "New token": "Novi token",
    "Token": "Token",
    "For": "Za",
    "May": "Sme",
    "Purpose": "Svrha",
    "ended": "istekao",
    "Revoke": "Povuci",
    "What it is for": "Čemu služi",
    "It may": "Sme",
    "Camera groups": "Grupe kamera",
    "separated by spaces; * for all of the account's": "razdvojene razmacima; * za sve grupe naloga",
    "Case": "Predmet",
    "Make a token": "Napravi token",
    "It is shown this once. Programs send it as ": "Prikazuje se samo sada. Programi ga šalju kao ",
    "Back to the tokens": "Nazad na tokene",
    "see state": "videti stanje",
    "see counts": "videti brojeve",
    "export counts": "izvoziti brojeve",
    "see events": "videti događaje",
    "see live": "videti prikaz uživo",
    "see metrics": "videti metrike",
    "read audit": "čitati dnevnik pristupa",
    "traffic planning": "planiranje saobraćaja",
    "event safety": "bezbednost na skupu",
    "road safety": "bezbednost saobraćaja",
    "maintenance": "održavanje",
    "privacy check": "provera privatnosti",
    "legal request": "zahtev po zakonu",
    # Passwords of cameras.
    "A password is kept encrypted, for this camera at its present address and user alone, and is never shown again.": (
        "Lozinka se čuva šifrovana, samo za ovu kameru na njenoj sadašnjoj adresi i za njenog korisnika, "
        "i nikada se ponovo ne prikazuje."
    ),
    " Each change is in the audit log.": " Svaka izmena je u dnevniku pristupa.",
    "There is no camera.": "Nema nijedne kamere.",
    "No password": "Bez lozinke",
    "From the site file, or the environment that it names: it is changed there": (
        "Iz datoteke lokacije, ili iz okruženja koje ona navodi: tamo se i menja"
    ),
    "Kept encrypted": "Čuva se šifrovana",
    "since": "od",
    "It is not on the network, and needs none": "Nije na mreži, i ne treba joj",
    "No password; give the camera a user in the site file first": (
        "Bez lozinke; prvo u datoteci lokacije navedite korisnika kamere"
    ),
    "New password of {name}": "Nova lozinka za {name}",
    "Keep it for {name}": "Sačuvaj za {name}",
    "Remove the password of {name}": "Ukloni lozinku za {name}",
    "log in again before you change a camera's password; then type it once more": (
        "prijavite se ponovo pre nego što izmenite lozinku kamere; zatim je ukucajte još jednom"
    ),
}
"""English -> Serbian in Latin script."""

BEGINNINGS: Final[Mapping[str, str]] = {
    "the log-in was refused": (
        "Prijava je odbijena: nešto u njoj nije tačno, već je upotrebljeno ili je isteklo. "
        "Jednokratni kodovi zavise od sata na telefonu i na serveru."
    ),
    "too many log-ins were tried": "Previše pokušaja prijave odavde ili za ovo ime. Sačekajte, pa pokušajte ponovo.",
    "this change needs a new log-in first": "Za ovu izmenu prvo je potrebna nova prijava: poslednja je bila davno.",
    "password: it is one of the first": (
        "Lozinka se lako pogađa. Uzmite nekoliko reči koje nemaju veze jedna s drugom."
    ),
    "password:": "Lozinka nije odgovarajuće dužine. Rečenica je dobra.",
    "code:": "Kod ne odgovara. Uporedite sat telefona sa satom servisa.",
    "account name:": "Ovo ime naloga ne može da se uzme.",
    "account:": "Ovo sa nalogom nije moguće.",
    "until:": "Potreban je datum, na primer 2027-03-31.",
    "token:": "Token ne može ovako da se napravi ili povuče.",
    "passkey:": "Ovo sa pristupnim ključem nije moguće.",
    "grant ": "Ovo sa pravom više nije moguće.",
    "no one proposes a grant to themselves": "Niko ne predlaže pravo sam sebi: to radi drugi administrator.",
    "no one confirms a grant to themselves": "Niko ne potvrđuje pravo koje je sam predložio ili koje je za njega.",
    "there are accounts already": "Nalozi već postoje: ostale dodaje administrator.",
    "only the one-time link does this": "Ovo može samo jednokratna veza: novu ispisuje `passerby link SITE.yaml`.",
}
"""How an English text of a fault begins -> what it says; the first that fits is taken."""
