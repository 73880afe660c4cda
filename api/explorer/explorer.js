// Starts GraphiQL with an identity: a demo persona where the server has them, else a token that is typed in.
// Everything comes from this server, addresses are relative to the page, and a token is kept in memory only.
'use strict';

const FIRST_QUERY = `# Welkom bij Vangnet.
#
# Kies boven als wie u werkt en druk op de knop
# met de pijl (Ctrl-Enter). Linksboven staat de
# documentatie.
#
# Een veld dat u niet mag zien is null;
# viewerAccess van dat object zegt waarom.

query WatKanIkOpvragen {
  __schema {
    queryType {
      fields {
        name
        description
      }
    }
  }
}
`;

const CHOSEN_PERSONA = 'vangnet:persona';

const address = (path) => new URL(path, document.baseURI).href;
const element = (id) => document.getElementById(id);

const root = ReactDOM.createRoot(element('verkenner'));
let socket;
let session = 0;

/** Sends requests over HTTP and subscriptions over one WebSocket, both with this token. */
function createFetcher(token) {
  const authorization = `Bearer ${token}`;
  socket = graphqlWs.createClient({
    url: address('graphql/ws').replace(/^http/, 'ws'),
    connectionParams: { authorization },
  });
  return GraphiQL.createFetcher({
    url: address('graphql'),
    wsClient: socket,
    enableIncrementalDelivery: false,
    fetch: (url, options) => fetch(url, {
      ...options,
      credentials: 'omit',
      headers: {
        ...options.headers,
        accept: 'application/graphql-response+json, application/json;q=0.9',
        authorization,
      },
    }),
  });
}

/** Starts the explorer anew, so that nothing another identity saw or subscribed to stays. */
function startAs(token, spoken) {
  socket?.dispose();
  session += 1;
  root.render(React.createElement(GraphiQL, {
    key: session,
    fetcher: createFetcher(token),
    defaultQuery: FIRST_QUERY,
    storage: window.sessionStorage,
    showPersistHeadersSettings: false,
  }, React.createElement(GraphiQL.Logo, null, 'Verkenner')));
  element('status').textContent = spoken;
}

function showNotice(text) {
  root.render(React.createElement('p', { className: 'notice' }, text));
}

/** The demo personas; null on a server that has none. */
async function loadPersonas() {
  const response = await fetch(address('demo/personas'), { headers: { accept: 'application/json' } });
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

function offerPersonas(personas) {
  const select = element('persona-select');
  for (const { name, organisation, involvement } of personas) {
    const option = document.createElement('option');
    option.value = name;
    option.textContent = [name, organisation, involvement].filter(Boolean).join(' · ');
    select.append(option);
  }
  const before = sessionStorage.getItem(CHOSEN_PERSONA);
  if (personas.some(({ name }) => name === before)) select.value = before;
  const choose = () => {
    const persona = personas[select.selectedIndex];
    sessionStorage.setItem(CHOSEN_PERSONA, persona.name);
    element('persona-description').textContent = persona.description ?? '';
    startAs(persona.token, `U werkt nu als ${persona.name}.`);
  };
  select.addEventListener('change', choose);
  element('persona').addEventListener('submit', (event) => event.preventDefault());
  element('persona').hidden = false;
  choose();
}

function askForToken() {
  const input = element('token-input');
  element('token').addEventListener('submit', (event) => {
    event.preventDefault();
    startAs(input.value.trim().replace(/^Bearer\s+/i, ''), 'Het token wordt gebruikt.');
  });
  element('token').hidden = false;
  showNotice('Vul boven een toegangstoken in om de verkenner te openen.');
  input.focus();
}

async function start() {
  try {
    const personas = await loadPersonas();
    if (personas?.length) offerPersonas(personas);
    else askForToken();
  } catch (error) {
    showNotice(`De server antwoordt niet zoals verwacht (${error.message}). Herlaad de pagina om het opnieuw te proberen.`);
  }
}

start();
