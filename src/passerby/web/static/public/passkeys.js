// Passkeys: asks passerby for a question, the authenticator for its answer, and sends that back.

const said = document.getElementById("answer");

const WORDS = {
  en: {
    refused: "The authenticator was not used in time, or refused.",
    unknown: "This browser knows no passkeys, or the page is not reached over TLS.",
    failed: "This was not done.",
    answered: "passerby answered",
  },
  "sr-Latn": {
    refused: "Uređaj za prijavu nije upotrebljen na vreme, ili je odbio.",
    unknown: "Ovaj pregledač ne zna za pristupne ključeve, ili stranica nije otvorena preko TLS-a.",
    failed: "Ovo nije urađeno.",
    answered: "passerby je odgovorio",
  },
  "sr-Cyrl": {
    refused: "Уређај за пријаву није употребљен на време, или је одбио.",
    unknown: "Овај прегледач не зна за приступне кључеве, или страница није отворена преко TLS-а.",
    failed: "Ово није урађено.",
    answered: "passerby је одговорио",
  },
};
const words = WORDS[document.documentElement.lang] ?? WORDS.en;

/** Says something in the page's language, and below it what the service says, which is English. */
function say(text, detail = "") {
  if (!said) return;
  said.textContent = text;
  if (!detail) return;
  const english = document.createElement("span");
  english.lang = "en";
  english.className = "note";
  english.textContent = text ? ` ${detail}` : detail;
  said.append(english);
}

async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.detail ?? `${words.answered} ${answer.status}.`);
  return found;
}

/** Asks the authenticator; `make` for a new passkey, or else for one that is there. */
async function prove(begin, finish, make, extra) {
  say("");
  try {
    const { question_id: question, options } = await send(begin, {});
    const known = JSON.parse(options);
    const credential = make
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(known) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(known) });
    const { to } = await send(finish, { question_id: question, answer: JSON.stringify(credential.toJSON()), ...extra });
    location.assign(to);
  } catch (error) {
    if (error.name === "NotAllowedError") say(words.refused);
    else say(words === WORDS.en ? "" : words.failed, error.message);
  }
}

function offer(id, act) {
  const button = document.getElementById(id);
  if (!button) return;
  if (!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    say(words.unknown);
    return;
  }
  say("");
  button.hidden = false;
  button.addEventListener("click", () => act(button));
}

offer("passkey", (button) => prove("/log-in/passkey", "/log-in/passkey/answer", false, { to: button.dataset.to }));
offer("again", (button) => prove("/log-in/again/passkey", "/log-in/again/passkey/answer", false, { to: button.dataset.to }));
offer("add", () => prove("/account/passkeys", "/account/passkeys/answer", true, {}));
offer("join", (button) => {
  const path = `/join/${encodeURIComponent(button.dataset.invitation)}/passkey`;
  prove(path, `${path}/answer`, true, {});
});
