/** Who the next request acts as: a demo identity, the holder of a pasted key, or nobody. */
export type Actor = { kind: 'demo'; id: string } | { kind: 'key'; key: string } | { kind: 'nobody' };

/** A token this close to its end is replaced before it is used, in ms. */
const margin = 30_000;

/** Credentials turns the chosen actor into an Authorization header. Everything it knows lives in memory only. */
export class Credentials {
  private token?: { value: string; expires: number };

  constructor(
    private tokenURL: string,
    private actor: Actor,
  ) {}

  choose(actor: Actor) {
    this.actor = actor;
    this.token = undefined;
  }

  /** Whether a refused token can be replaced by a fresh one. */
  get renewable() {
    return this.actor.kind === 'demo';
  }

  /** The header's value; undefined for nobody. fresh asks for a new token even where the old one should still do. */
  async authorization(fresh = false): Promise<string | undefined> {
    const { actor } = this;
    if (actor.kind === 'nobody') return undefined;
    if (actor.kind === 'key') return actor.key === '' ? undefined : `Bearer ${actor.key}`;
    if (fresh || !this.token || this.token.expires - margin < performance.now()) {
      const token = await this.signIn(actor.id);
      if (this.actor !== actor) return this.authorization(); // another was chosen meanwhile
      this.token = token;
    }
    return `Bearer ${this.token.value}`;
  }

  private async signIn(identity: string) {
    const answer = await fetch(this.tokenURL, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ identity }),
      credentials: 'omit',
    });
    if (!answer.ok) throw new Error(`This demo identity could not sign in: ${(await answer.text()).trim() || `HTTP ${answer.status}`}`);
    const { token, expiresIn } = (await answer.json()) as { token: string; expiresIn: number };
    return { value: token, expires: performance.now() + expiresIn * 1000 };
  }
}
