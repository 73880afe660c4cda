// A real OpenID provider on the loopback address, for tests of login and tokens.
//
//   node oidc.mjs [PORT]          PORT 0, the default, takes a free one
//
// The first line on standard output is {"issuer","port"}; everything else goes to standard error. It ends
// with the process that started it.
//
// Access tokens are JWTs (typ at+jwt, aud urn:vangnet, sub the account). Clients, with the algorithm of their
// access tokens; the public ones use authorization code + PKCE with any port of http://127.0.0.1/callback,
// and whoever is named in login_hint is logged in and consents:
//
//   vangnet-app          public         ES256
//   vangnet-app-rs256    public         RS256
//   vangnet-app-ps256    public         PS256
//   vangnet-service      secret "geheim-voor-tests", client_credentials   ES256
//
// Beside the protocol it answers, to POST with a JSON body:
//
//   /test/token    {account, client?, ttl?, scope?, claims?}   -> {access_token, expires_in}: one the provider
//                  itself makes, without the browser dance; claims are added to the payload, but the
//                  registered ones stay as the provider sets them (/test/sign makes others)
//   /test/sign     {header?, payload?, foreign?}  -> {jwt}: anything at all, signed with a key of the provider,
//                  or with foreign: true by a key it never published under the same kid; header.alg chooses
//   /test/account  {account, claims}              -> {}: claims that each later token of the account carries
//   /test/rotate   {keep?}                        -> {kids}: new keys; keep: true still publishes the old ones
//   /test/outage   {on}                           -> {}: discovery and keys answer 503 while it is on
//
// and to GET /test/requests with how often each path was asked for: {"/jwks": 2, ...}.

import http from 'node:http';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';

const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, 500);

// The provider greets on the console; standard output is ours.
console.log = console.info = console.error;
const { default: Provider } = await import('oidc-provider');
const { SignJWT, exportJWK, generateKeyPair, importJWK } = await import('jose');

const AUDIENCE = 'urn:vangnet';
const SCOPE = 'vangnet';
const ALGORITHMS = ['ES256', 'RS256', 'PS256'];
const TOKEN_LIFE = 300;

const publicClient = (client_id, algorithm) => ({
  client_id,
  application_type: 'native',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: ['http://127.0.0.1/callback'],
  id_token_signed_response_alg: algorithm,
});

const CLIENTS = [
  publicClient('vangnet-app', 'ES256'),
  publicClient('vangnet-app-rs256', 'RS256'),
  publicClient('vangnet-app-ps256', 'PS256'),
  {
    client_id: 'vangnet-service',
    client_secret: 'geheim-voor-tests',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    id_token_signed_response_alg: 'ES256',
  },
];

const algorithmOf = (client) => CLIENTS.find(({ client_id }) => client_id === client.clientId).id_token_signed_response_alg;

const resourceServer = (client) => ({
  scope: SCOPE,
  audience: AUDIENCE,
  accessTokenFormat: 'jwt',
  accessTokenTTL: TOKEN_LIFE,
  jwt: { sign: { alg: algorithmOf(client) } },
});

async function newKey(alg, kid = `${alg}-${randomUUID()}`) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, kid, use: 'sig' };
}

const newKeys = () => Promise.all(ALGORITHMS.map((alg) => newKey(alg)));

/** Keys in use, newest first; a rotation may leave older ones behind them. */
let keys = await newKeys();
let provider;
let issuer;
let outage = false;
const accounts = new Map();
const requests = new Map();

function newProvider() {
  const op = new Provider(issuer, {
    jwks: { keys },
    clients: CLIENTS,
    // Scopes of the API are not listed: as OpenID scopes they would be asked for consent for ever.
    scopes: ['openid', 'offline_access'],
    cookies: { keys: ['alleen-voor-tests'] },
    enabledJWA: { idTokenSigningAlgValues: ALGORITHMS },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) }),
    extraTokenClaims: (_ctx, token) => accounts.get(token.accountId),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: { AccessToken: TOKEN_LIFE, Grant: 3600, IdToken: 300, Interaction: 600, Session: 3600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, _resource, client) => resourceServer(client),
      },
    },
    loadExistingGrant: (ctx) => grant(ctx.oidc.provider, ctx.oidc.client.clientId, ctx.oidc.session.accountId),
  });
  op.on('server_error', (_ctx, error) => console.error(error));
  return op;
}

async function grant(op, clientId, accountId) {
  const granted = new op.Grant({ clientId, accountId });
  granted.addOIDCScope('openid offline_access');
  granted.addResourceScope(AUDIENCE, SCOPE);
  await granted.save();
  return granted;
}

/** Logs in whoever login_hint names, and consents to everything. */
async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  const accountId = session?.accountId ?? params.login_hint ?? 'alice';
  const answers = {
    login: async () => ({ login: { accountId } }),
    consent: async () => ({ consent: { grantId: (await grant(provider, params.client_id, accountId)).jti } }),
  };
  await provider.interactionFinished(request, response, await answers[prompt.name]());
}

const controls = {
  async '/test/token'({ account, client = 'vangnet-app', ttl = TOKEN_LIFE, scope = SCOPE, claims = {} }) {
    const found = await provider.Client.find(client);
    const { jti: grantId } = await grant(provider, client, account);
    const token = new provider.AccessToken({
      accountId: account, client: found, grantId, gty: 'authorization_code', scope, expiresIn: ttl,
    });
    token.resourceServer = new provider.ResourceServer(AUDIENCE, resourceServer(found));
    token.extra = { ...accounts.get(account), ...claims };
    return { access_token: await token.save(), expires_in: ttl };
  },

  async '/test/sign'({ header = {}, payload = {}, foreign = false }) {
    const alg = header.alg ?? 'ES256';
    const published = keys.find((key) => key.alg === alg);
    if (!published) throw new Error(`no key for ${alg}: the provider has ${ALGORITHMS.join(', ')}`);
    const key = foreign ? await newKey(alg, published.kid) : published;
    const jwt = new SignJWT(payload).setProtectedHeader({ typ: 'at+jwt', kid: published.kid, ...header, alg });
    return { jwt: await jwt.sign(await importJWK(key, alg)) };
  },

  async '/test/account'({ account, claims }) {
    accounts.set(account, claims);
    return {};
  },

  async '/test/rotate'({ keep = false }) {
    keys = [...await newKeys(), ...(keep ? keys : [])];
    provider = newProvider();
    return { kids: keys.map(({ kid }) => kid) };
  },

  async '/test/outage'({ on }) {
    outage = Boolean(on);
    return {};
  },
};

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString() || '{}');
}

async function handle(request, response) {
  const { pathname } = new URL(request.url, issuer);
  if (pathname === '/test/requests') return answer(response, 200, Object.fromEntries(requests));
  if (controls[pathname]) return answer(response, 200, await controls[pathname](await body(request)));
  const counted = pathname.replace(/^(\/interaction|\/auth)\/.*/, '$1');
  requests.set(counted, (requests.get(counted) ?? 0) + 1);
  if (outage && /^\/(\.well-known\/|jwks)/.test(pathname)) return answer(response, 503, { error: 'outage' });
  if (pathname.startsWith('/interaction/')) return interact(request, response);
  return provider.callback()(request, response);
}

const server = http.createServer((request, response) => {
  handle(request, response).catch((error) => {
    console.error(error);
    if (!response.headersSent) answer(response, 500, { error: error.message });
  });
});
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
issuer = `http://127.0.0.1:${port}`;
provider = newProvider();
process.stdout.write(`${JSON.stringify({ issuer, port })}\n`);
