// Runs graphql-http's audits against a server and prints how many it passes: node audit.mjs http://localhost:8080/graphql
import { serverAudits } from 'graphql-http';

const url = process.argv[2];
if (!url) {
  console.error('usage: node audit.mjs URL');
  process.exit(2);
}

const audits = serverAudits({ url });
const results = await Promise.all(audits.map((audit) => audit.fn()));
const missed = results.filter((result) => result.status !== 'ok');
for (const result of missed) {
  console.log(`${result.status} ${result.id} ${result.name}: ${result.reason}`);
}
console.log(`${results.length - missed.length}/${results.length}`);
process.exit(missed.length === 0 && results.length >= 61 ? 0 : 1);
