import type { GraphiQLPlugin } from '@graphiql/react';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import type { Example } from './config';

/** A side panel that lists the examples, to open one anew after its tab was changed or closed. */
export function examplesPlugin(examples: Example[]): GraphiQLPlugin {
  return { title: 'Examples', icon: Icon, content: () => <Examples examples={examples} /> };
}

function Examples({ examples }: { examples: Example[] }) {
  const { addTab, updateActiveTabValues } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const open = ({ query, variables }: Example) => {
    addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    updateActiveTabValues({ query, variables }); // names the tab at once
  };
  return (
    <section className="lg-examples" aria-label="Examples">
      <h2>Examples</h2>
      {examples.map((example) => (
        <button key={example.name} type="button" onClick={() => open(example)}>
          <b>{example.title}</b>
          {example.description}
        </button>
      ))}
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d="M4 5h12M4 10h12M4 15h7" />
      <path d="M14 13v5l4-2.5z" fill="currentColor" />
    </svg>
  );
}
