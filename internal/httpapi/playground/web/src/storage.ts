/** What may outlive the page: how it looks. Queries, variables, headers and history may hold secrets and stay in memory. */
const lasting = new Set(['theme', 'visiblePlugin', 'docExplorerFlex', 'editorFlex', 'secondaryEditorFlex'].map((key) => `graphiql:${key}`));

/** The storage GraphiQL gets instead of localStorage. */
export class PageStorage {
  private memory = new Map<string, string>();

  get length() {
    return this.memory.size;
  }

  getItem(key: string): string | null {
    return lasting.has(key) ? localStorage.getItem(key) : (this.memory.get(key) ?? null);
  }

  setItem(key: string, value: string) {
    if (lasting.has(key)) localStorage.setItem(key, value);
    else this.memory.set(key, value);
  }

  removeItem(key: string) {
    if (lasting.has(key)) localStorage.removeItem(key);
    else this.memory.delete(key);
  }

  clear() {
    this.memory.clear();
    lasting.forEach((key) => localStorage.removeItem(key));
  }
}
