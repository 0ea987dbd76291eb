import { createClient } from 'graphql-ws';
import type { TypedDocumentString } from './generated';

/** Somebody of the demo company whom the board may act as. */
export interface Person {
  id: string;
  name: string;
  department: string;
  role: string;
}

/** What the API answers where it does not do what it was asked. */
interface Answer<T> {
  data?: T | null;
  errors?: readonly { message: string }[];
}

/** Api speaks with leadgraph as one person: questions and changes by HTTP, subscriptions over one WebSocket. */
export class Api {
  /** How far the server's clock is ahead of this machine's, in ms: deadlines count down by the server's. */
  ahead = 0;

  private token?: { value: string; until: number };
  private ended = new AbortController();
  private socket = createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    connectionParams: async () => ({ Authorization: await this.authorization() }),
    retryAttempts: 0, // follow comes back by itself, behind what it has seen
  });

  constructor(
    private person: string,
    private connected: (yes: boolean) => void,
  ) {}

  /** Asks, or changes something. */
  async send<T, V>(document: TypedDocumentString<T, V>, variables: V): Promise<T> {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: await this.authorization() },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal: this.ended.signal,
    });
    const date = Date.parse(response.headers.get('date') ?? '');
    if (date) this.ahead = date - Math.floor(Date.now() / 1000) * 1000; // the header tells whole seconds
    return data((await response.json()) as Answer<T>);
  }

  /**
   * Follows a subscription from a cursor on. Where the connection breaks off it goes on behind the last event that was shown: nothing is missed, and
   * nothing comes twice. show answers the event's cursor.
   */
  async follow<T>(document: TypedDocumentString<T, { after: string }>, after: string, show: (event: T) => string) {
    while (!this.ended.signal.aborted) {
      try {
        for await (const answer of this.socket.iterate<T>({ query: document.toString(), variables: { after } })) {
          this.connected(true);
          after = show(data(answer as Answer<T>));
        }
      } catch (error) {
        if (error instanceof Error) console.info(error.message); // else the connection was closed
      }
      if (this.ended.signal.aborted) return;
      this.connected(false);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }

  /** Tells of the connection itself: it comes back before the next event does. */
  watch() {
    this.socket.on('connected', () => this.connected(true));
  }

  /** Hangs up. */
  end() {
    this.ended.abort();
    void this.socket.dispose();
  }

  /** The header of a fresh token: `dev` gives them to its own pages, for people of the demo company. */
  private async authorization() {
    if (!this.token || this.token.until < Date.now()) {
      const response = await fetch('/playground/token', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ identity: this.person }),
      });
      if (!response.ok) throw new Error(`This person could not sign in: ${(await response.text()).trim()}`);
      const { token, expiresIn } = (await response.json()) as { token: string; expiresIn: number };
      this.token = { value: token, until: Date.now() + (expiresIn - 30) * 1000 };
    }
    return `Bearer ${this.token.value}`;
  }
}

function data<T>({ data, errors }: Answer<T>): T {
  if (errors?.length || !data) throw new Error(errors?.map((e) => e.message).join(' ') ?? 'The server answered nothing.');
  return data;
}
