import type { Fetcher } from '@graphiql/toolkit';
import { type ExecutionResult, Kind, OperationTypeNode, parse } from 'graphql';
import type { Credentials } from './credentials';
import { subscribe } from './events';

/** What an answer's extensions.cost says. */
export interface Cost {
  requested: number;
  actual: number;
  throttle?: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };
}

/** The last answer as the meter shows it. */
export interface Answer {
  cost?: Cost;
  millis: number;
  bytes: number;
}

/** createFetcher answers GraphiQL's requests over HTTP POST: queries and mutations with JSON, subscriptions with a stream of events. */
export function createFetcher(endpoint: string, credentials: Credentials, onAnswer: (answer: Answer) => void): Fetcher {
  return async ({ query, variables, operationName }, options) => {
    const body = JSON.stringify({ query, variables, operationName: named(query, operationName) });
    const typed = options?.headers as Record<string, string> | undefined;
    const own = Object.keys(typed ?? {}).some((name) => name.toLowerCase() === 'authorization');

    if (isSubscription(query, named(query, operationName))) {
      return subscribe(async (headers, signal) => {
        const authorization = own ? undefined : await credentials.authorization(false);
        return fetch(endpoint, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(authorization && { authorization }), ...typed, ...headers },
          body,
          signal,
          credentials: 'omit',
        });
      });
    }

    const post = async (fresh: boolean) => {
      const authorization = own ? undefined : await credentials.authorization(fresh);
      const start = performance.now();
      const answer = await fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json;q=0.9',
          ...(authorization && { authorization }),
          ...typed,
        },
        body,
        credentials: 'omit',
      });
      const text = await answer.text();
      return { result: read(text, answer.status), millis: performance.now() - start, bytes: text.length };
    };

    let { result, ...measured } = await post(false);
    // A demo server that was started again knows none of its old tokens. Nothing ran, so asking again is safe.
    if (!own && credentials.renewable && unauthenticated(result)) ({ result, ...measured } = await post(true));
    if (operationName !== 'IntrospectionQuery') onAnswer({ ...measured, cost: result.extensions?.cost as Cost | undefined });
    return result;
  };
}

/** GraphiQL learns a tab's operations a moment after it opens; until then it names the last tab's, which is dropped here. */
function named(query: string, name?: string | null): string | undefined {
  try {
    const names = parse(query, { noLocation: true }).definitions.map((part) => part.kind === Kind.OPERATION_DEFINITION && part.name?.value);
    return name && names.includes(name) ? name : undefined;
  } catch {
    return name ?? undefined; // the server says what is wrong with it
  }
}

function isSubscription(query: string, name?: string) {
  try {
    const operations = parse(query, { noLocation: true }).definitions.filter((part) => part.kind === Kind.OPERATION_DEFINITION);
    const chosen = name ? operations.find((part) => part.name?.value === name) : operations[0];
    return chosen?.operation === OperationTypeNode.SUBSCRIPTION;
  } catch {
    return false; // the server says what is wrong with it
  }
}

function read(text: string, status: number): ExecutionResult {
  try {
    return JSON.parse(text) as ExecutionResult;
  } catch {
    throw new Error(`The server answered ${status} without JSON: ${text.slice(0, 200)}`);
  }
}

function unauthenticated(result: ExecutionResult) {
  return result.errors?.some((error) => error.extensions?.code === 'UNAUTHENTICATED') ?? false;
}
