// Runs graphql-ws and graphql-sse against a server: node clients.mjs http://localhost:8080/graphql TOKEN
// The token's holder may capture leads; the workspace needs no more than a source. Prints what it saw; fails where a client fails.
import assert from 'node:assert/strict';
import { createClient as createSocket } from 'graphql-ws';
import { createClient as createEvents } from 'graphql-sse';
import WebSocket from 'ws'; // Node has one of its own from 22 on

const [url, token] = process.argv.slice(2);
if (!token) {
  console.error('usage: node clients.mjs URL TOKEN');
  process.exit(2);
}
const subscription = `subscription ($after: String) { leadEvents(filter: { kinds: [LEAD_CAPTURED] }, after: $after) { cursor event { kind } lead { id } } }`;

async function post(query, variables) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const res = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const answer = await res.json();
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer.data;
}

const run = Date.now().toString(36);
let count = 0;
async function capture() {
  const email = `${run}-${count++}@clients.example`;
  const data = await post(`mutation ($source: String!, $email: String!) { captureLead(input: { source: $source, contact: { email: $email } }) { cursor lead { id } } }`, { source, email });
  return data.captureLead;
}

const sources = await post('{ sources(first: 1) { nodes { key } } }');
const source = sources.sources.nodes[0].key;

// client is the same for both: iterate() answers the results of an operation.
async function check(name, client) {
  const { viewer } = (await client.iterate({ query: '{ viewer { permissions } }' }).next()).value.data;
  assert.ok(viewer.permissions.includes('leads:read'), `${name}: a query`);

  const first = await capture();
  const events = client.iterate({ query: subscription, variables: { after: first.cursor } });
  const expected = [];
  const seen = [];
  for (let i = 0; i < 5; i++) {
    expected.push((await capture()).lead.id);
    seen.push((await events.next()).value.data.leadEvents);
  }
  assert.deepEqual(seen.map((e) => e.lead.id), expected, `${name}: events in their order`);
  await events.return();

  const again = client.iterate({ query: subscription, variables: { after: seen[1].cursor } });
  for (const id of expected.slice(2)) {
    assert.equal((await again.next()).value.data.leadEvents.lead.id, id, `${name}: goes on behind a cursor`);
  }
  await again.return();

  const refused = client.iterate({ query: 'subscription { nothing }' });
  await assert.rejects(async () => {
    const { value } = await refused.next();
    if (value?.errors) throw value.errors;
  }, `${name}: a bad document`);
  console.log(`${name}: ok`);
}

const socket = createSocket({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, connectionParams: { Authorization: `Bearer ${token}` }, retryAttempts: 0, lazyCloseTimeout: 1000 });
await check('graphql-ws', socket);
await socket.dispose();

const events = createEvents({ url, headers: { Authorization: `Bearer ${token}` }, retryAttempts: 0 });
await check('graphql-sse', events);
events.dispose();

// A browser's EventSource sends the last id by itself; here by hand.
const last = await capture();
const next = await capture();
const params = new URLSearchParams({ query: subscription });
const abort = new AbortController();
const res = await fetch(`${url}?${params}`, { signal: abort.signal, headers: { accept: 'text/event-stream', authorization: `Bearer ${token}`, 'last-event-id': last.cursor } });
let text = '';
for await (const chunk of res.body.pipeThrough(new TextDecoderStream())) {
  text += chunk;
  if (text.includes('\n\ndata') || text.includes('event: next')) break;
}
assert.match(text, /id: \S+\nevent: next\ndata: /);
assert.ok(text.includes(next.lead.id), 'Last-Event-ID: goes on behind it');
abort.abort();
console.log('Last-Event-ID: ok');
process.exit(0);
