// Passkeys: asks passerby for a question, the authenticator for its answer, and sends that back.

const said = document.getElementById("answer");

function say(text) {
  if (said) said.textContent = text;
}

async function send(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.detail ?? `passerby answered ${answer.status}.`);
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
    say(error.name === "NotAllowedError" ? "The authenticator was not used in time, or refused." : error.message);
  }
}

function offer(id, act) {
  const button = document.getElementById(id);
  if (!button) return;
  if (!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) {
    say("This browser knows no passkeys, or the page is not reached over TLS.");
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
