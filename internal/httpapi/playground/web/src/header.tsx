import { useState } from 'react';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import type { Identity } from './config';
import type { Actor } from './credentials';

/** The bar above GraphiQL: the word mark, what this is, and who the requests act as. */
export function Header({ identities, actor, onActor }: { identities: Identity[]; actor: Actor; onActor: (actor: Actor) => void }) {
  return (
    <header className="graphiql-container lg-header">
      <a className="lg-mark" href="/playground" aria-label="leadgraph">
        <Mark />
        lead<b>graph</b>
      </a>
      <span className="lg-sub">playground</span>
      <ActorPicker identities={identities} actor={actor} onActor={onActor} />
    </header>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d="M3 3v10h10M3 3l10 10" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <circle cx="3" cy="3" r="2.3" fill="currentColor" />
      <circle cx="3" cy="13" r="2.3" fill="currentColor" />
      <circle cx="13" cy="13" r="2.3" className="lg-mark-won" />
    </svg>
  );
}

function ActorPicker({ identities, actor, onActor }: { identities: Identity[]; actor: Actor; onActor: (actor: Actor) => void }) {
  const [key, setKey] = useState('');
  const { introspect } = useGraphiQLActions();
  const schema = useGraphiQL((state) => state.schema);

  // Where only known callers may see the schema, the first good key brings it.
  const known = () => {
    if (!schema) void introspect();
  };
  const choose = (value: string) => {
    const [kind, id = ''] = split(value);
    if (kind === 'demo') onActor({ kind, id });
    else if (kind === 'key') onActor({ kind, key });
    else onActor({ kind: 'nobody' });
    known();
  };
  const enter = (typed: string) => {
    setKey(typed);
    onActor({ kind: 'key', key: typed });
  };

  return (
    <div className="lg-actor">
      <label htmlFor="lg-actor">Acting as</label>
      <select id="lg-actor" value={actor.kind === 'demo' ? `demo:${actor.id}` : actor.kind} onChange={(event) => choose(event.target.value)}>
        {groups(identities).map(([group, members]) => (
          <optgroup key={group} label={group}>
            {members.map(({ id, name, post }) => (
              <option key={id} value={`demo:${id}`}>
                {post ? `${name}, ${post}` : name}
              </option>
            ))}
          </optgroup>
        ))}
        <option value="key">Own key or token…</option>
        <option value="nobody">Nobody</option>
      </select>
      {actor.kind === 'key' && (
        <input
          type="password"
          aria-label="Your API key or access token; it stays in this page's memory"
          title="It stays in this page's memory and is gone when you leave."
          placeholder="lg_live_… or a token"
          autoComplete="off"
          autoFocus
          spellCheck={false}
          data-1p-ignore
          data-lpignore="true"
          value={key}
          onChange={(event) => enter(event.target.value.trim())}
          onBlur={known}
          onKeyDown={(event) => event.key === 'Enter' && known()}
        />
      )}
    </div>
  );
}

function split(value: string): [string, string?] {
  const at = value.indexOf(':');
  return at < 0 ? [value] : [value.slice(0, at), value.slice(at + 1)];
}

function groups(identities: Identity[]) {
  const found = new Map<string, Identity[]>();
  for (const identity of identities) found.set(identity.group, [...(found.get(identity.group) ?? []), identity]);
  return [...found];
}
