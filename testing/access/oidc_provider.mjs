// A real OpenID Connect provider for tests: who logs in, how, by which keys and at what time is set over /control.
import http from "node:http";
import { createPrivateKey, generateKeyPairSync } from "node:crypto";

const now = Date.now.bind(Date);
const state = { account: "ana-42", amr: ["mfa"], acr: "urn:high", offsetMs: 0, kid: 0, down: false };
Date.now = () => now() + state.offsetMs;

const { default: Provider } = await import("oidc-provider");

const [port, redirect] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

function newKey() {
  state.kid += 1;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" })).export({ format: "jwk" }),
    kid: `key-${state.kid}`, use: "sig", alg: "RS256" };
}

const stored = new Map();
class Adapter { // Survives the change of keys, as a database would.
  constructor(name) { this.name = name; }
  key(id) { return `${this.name}:${id}`; }
  async upsert(id, payload) { stored.set(this.key(id), payload); }
  async find(id) { return stored.get(this.key(id)); }
  async findByUid(uid) { return [...stored.values()].find((each) => each.uid === uid); }
  async findByUserCode() { return undefined; }
  async destroy(id) { stored.delete(this.key(id)); }
  async revokeByGrantId() {}
  async consume(id) { stored.get(this.key(id)).consumed = Math.floor(Date.now() / 1000); }
}

function made() {
  const provider = new Provider(issuer, {
    adapter: Adapter,
    clients: [
      { client_id: "passerby", client_secret: "canary-client-secret", redirect_uris: [redirect], response_types: ["code"],
        grant_types: ["authorization_code"], token_endpoint_auth_method: "client_secret_basic" },
      { client_id: "public", redirect_uris: [redirect], response_types: ["code"], grant_types: ["authorization_code"],
        token_endpoint_auth_method: "none" },
    ],
    jwks: { keys: [newKey()] },
    acrValues: ["urn:high", "urn:low"],
    claims: { openid: ["sub", "acr", "amr", "auth_time"] },
    conformIdTokenClaims: false,
    cookies: { keys: ["a test"] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    async loadExistingGrant(context) {
      const { client, session } = context.oidc;
      const grant = new context.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope("openid");
      await grant.save();
      return grant;
    },
  });
  return { provider, answer: provider.callback() };
}

let current = made();

async function control(request, response) {
  let body = "";
  for await (const piece of request) body += piece;
  const change = JSON.parse(body);
  Object.assign(state, change);
  if (change.rotate) current = made();
  response.end("{}");
}

http.createServer(async (request, response) => {
  if (request.url === "/control") return control(request, response);
  if (state.down) return response.writeHead(503).end("down for maintenance");
  if (request.url.startsWith("/interaction/")) {
    const login = { accountId: state.account, amr: state.amr, acr: state.acr };
    return current.provider.interactionFinished(request, response, state.refuse ? { error: "access_denied" } : { login });
  }
  return current.answer(request, response);
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
