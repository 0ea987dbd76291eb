import { pageData } from './config';

const workers = pageData<{ editor: string; json: string; graphql: string }>('workers');

// Monaco asks for its workers here; all of them are served by leadgraph itself.
(globalThis as { MonacoEnvironment?: unknown }).MonacoEnvironment = {
  getWorker(_id: string, label: string) {
    const url = label === 'json' ? workers.json : label === 'graphql' ? workers.graphql : workers.editor;
    return new Worker(url, { type: 'module', name: label });
  },
};
