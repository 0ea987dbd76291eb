/** What the server tells the page; playground.go writes it. */
export interface Config {
  endpoint: string;
  /** The demo identities; empty outside dev. */
  identities: Identity[];
  /** Where a demo identity's token comes from. */
  tokenURL: string;
  examples: Example[];
}

/** Somebody of the demo workspace the page may act as. */
export interface Identity {
  id: string;
  name: string;
  post: string;
  group: string;
}

/** One example: one tab. */
export interface Example {
  name: string;
  title: string;
  description: string;
  query: string;
  variables: string;
}

/** Reads a JSON block of the page. */
export function pageData<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent ?? 'null') as T;
}
