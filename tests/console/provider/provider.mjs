// Two identity providers for the tests, with the same keys: the first signs with RS256 for a client with a secret, the second
// with ES256 for a public client. Who signs in is in the header `Claims` of the request: no page asks.
// Started with the folder of the packages and the two addresses of each client, after signing in and after signing out; prints both addresses as JSON.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [packages, ...addresses] = process.argv.slice(2);
const { Provider } = createRequire(`${packages}/`)("oidc-provider");

const key = (kind, options, use) => ({ ...generateKeyPairSync(kind, options).privateKey.export({ format: "jwk" }), ...use });
const jwks = {
  keys: [
    key("rsa", { modulusLength: 2048 }, { kid: "r", alg: "RS256", use: "sig" }),
    key("ec", { namedCurve: "P-256" }, { kid: "e", alg: "ES256", use: "sig" }),
  ],
};
const clients = [
  { client_id: "console", client_secret: "a secret: with / and %", id_token_signed_response_alg: "RS256" },
  { client_id: "console", token_endpoint_auth_method: "none", id_token_signed_response_alg: "ES256" },
];
const people = new Map();

const serve = async (client, [callback, after]) => {
  const server = createServer();
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    jwks,
    clients: [{ redirect_uris: [callback], post_logout_redirect_uris: [after], response_types: ["code"], grant_types: ["authorization_code"], ...client }],
    claims: { openid: ["sub", "role", "marketplace"], profile: ["name"] },
    conformIdTokenClaims: false,
    cookies: { keys: [randomUUID()] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...people.get(sub) }) }),
    pkce: { required: () => true },
    ttl: { AccessToken: 3600, AuthorizationCode: 60, Grant: 3600, IdToken: 3600, Interaction: 600, Session: 3600 },
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope("openid profile");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    const { sub, ...claims } = JSON.parse(request.headers.claims);
    people.set(sub, claims);
    const result = sub === "nobody" ? { error: "access_denied" } : { login: { accountId: sub } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  });
  return issuer;
};

console.log(JSON.stringify(await Promise.all(clients.map((client, at) => serve(client, addresses.slice(2 * at, 2 * at + 2))))));
process.stdin.resume().on("end", () => process.exit()); // ends with the tests
