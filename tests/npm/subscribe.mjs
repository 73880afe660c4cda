// Subscribes with the reference client of graphql-transport-ws and prints what happens, a JSON line each.
//
//   node subscribe.mjs URL TOKEN QUERY [VARIABLES] [--count N] [--timeout MS] [--origin ORIGIN]
//
// URL is ws://…/graphql/ws; TOKEN goes into connection_init as "Bearer TOKEN", "-" sends none; VARIABLES is
// JSON. It ends after N events, when the operation completes, when the socket closes, or after MS (30,000).
//
//   {"connected": payload of connection_ack}
//   {"next": {"data": …}}          one for each event
//   {"error": [ … ]}               the operation was refused
//   {"complete": true}
//   {"close": {"code": 4401, "reason": "…"}}      by the server or the network
//   {"socketError": "…"}           for one, "Unexpected server response: 403" before any close
//   {"timeout": true}              and exit status 3

import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '0' },
    timeout: { type: 'string', default: '30000' },
    origin: { type: 'string' },
  },
});
const [url, token, query, variables = '{}'] = positionals;
if (!query) {
  console.error('usage: node subscribe.mjs URL TOKEN QUERY [VARIABLES] [--count N] [--timeout MS] [--origin ORIGIN]');
  process.exit(2);
}

let ending = false;
let events = 0;

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

class Socket extends WebSocket {
  constructor(address, protocols) {
    super(address, protocols, { origin: values.origin });
    this.on('error', ({ message }) => print({ socketError: message }));
  }
}

const client = createClient({
  url,
  webSocketImpl: Socket,
  connectionParams: token === '-' ? undefined : { authorization: `Bearer ${token}` },
  retryAttempts: 0,
});
client.on('connected', (_socket, payload) => print({ connected: payload ?? null }));
client.on('closed', ({ code, reason }) => {
  if (!ending) print({ close: { code, reason } });
});

async function end(status) {
  ending = true;
  await client.dispose();
  process.exitCode = status;
  clearTimeout(timer);
}

const timer = setTimeout(() => {
  print({ timeout: true });
  end(3);
}, Number(values.timeout));

client.subscribe({ query, variables: JSON.parse(variables) }, {
  next(result) {
    if (ending) return;
    print({ next: result });
    events += 1;
    if (events === Number(values.count)) end(0);
  },
  error(reason) {
    if (Array.isArray(reason)) print({ error: reason });
    end(Array.isArray(reason) ? 1 : 4);
  },
  complete() {
    if (!ending) print({ complete: true });
    end(0);
  },
});
