import './workers';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './style.css';

import { useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { GraphiQL, GraphiQLInterface } from 'graphiql';
import { GraphiQLProvider } from '@graphiql/react';
import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from '@graphiql/plugin-doc-explorer';
import { HISTORY_PLUGIN, HistoryStore } from '@graphiql/plugin-history';

import { type Config, pageData } from './config';
import { type Actor, Credentials } from './credentials';
import { examplesPlugin } from './examples';
import { type Answer, createFetcher } from './fetcher';
import { Header } from './header';
import { Meter } from './meter';
import { PageStorage } from './storage';

const config = pageData<Config>('config');
const storage = new PageStorage();
const plugins = [DOC_EXPLORER_PLUGIN, examplesPlugin(config.examples), HISTORY_PLUGIN];
const first: Actor = config.identities[0] ? { kind: 'demo', id: config.identities[0].id } : { kind: 'key', key: '' };

function Playground() {
  const [actor, setActor] = useState(first);
  const [answer, setAnswer] = useState<Answer>();
  const credentials = useMemo(() => new Credentials(config.tokenURL, first), []);
  const fetcher = useMemo(() => createFetcher(config.endpoint, credentials, setAnswer), [credentials]);
  const act = (next: Actor) => {
    credentials.choose(next);
    setActor(next);
  };
  return (
    <GraphiQLProvider
      fetcher={fetcher}
      storage={storage}
      shouldPersistHeaders={false}
      defaultTabs={config.examples.map(({ query, variables }) => ({ query, variables }))}
      initialVariables={config.examples[0]?.variables}
      plugins={plugins}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      inputValueDeprecation
      schemaDescription
    >
      <HistoryStore>
        <DocExplorerStore>
          <Header identities={config.identities} actor={actor} onActor={act} />
          <GraphiQLInterface showPersistHeadersSettings={false} defaultEditorToolsVisibility="variables">
            <GraphiQL.Logo> </GraphiQL.Logo>
            <GraphiQL.Footer>
              <Meter answer={answer} />
            </GraphiQL.Footer>
          </GraphiQLInterface>
        </DocExplorerStore>
      </HistoryStore>
    </GraphiQLProvider>
  );
}

createRoot(document.getElementById('app')!).render(<Playground />);
