import type { ExecutionResult } from 'graphql';

/** What a request carries: its headers are asked for anew at each connection, for tokens end. */
type Send = (headers: Record<string, string>, signal: AbortSignal) => Promise<Response>;

/**
 * subscribe answers a subscription as server-sent events (graphql-sse, distinct connections). Where the connection breaks off it goes on
 * behind the last event, as a browser's EventSource does; that one cannot send an Authorization header.
 */
export function subscribe(send: Send): AsyncIterableIterator<ExecutionResult> {
  const abort = new AbortController();
  const results = read(send, abort.signal);
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => results.next(),
    return: () => {
      abort.abort();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

async function* read(send: Send, signal: AbortSignal): AsyncGenerator<ExecutionResult, undefined> {
  let last = '';
  while (!signal.aborted) {
    try {
      const answer = await send({ accept: 'text/event-stream', ...(last && { 'last-event-id': last }) }, signal);
      if (!answer.headers.get('content-type')?.includes('text/event-stream')) {
        yield (await answer.json()) as ExecutionResult;
        return undefined;
      }
      for await (const event of events(answer)) {
        if (event.id) last = event.id;
        if (event.name === 'complete') return undefined;
        if (event.name === 'next') yield JSON.parse(event.data) as ExecutionResult;
      }
    } catch (error) {
      if (signal.aborted) return undefined;
      if (!last) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return undefined;
}

/** events parses a stream of server-sent events. */
async function* events(answer: Response) {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = { id: '', name: '', data: '' };
      for (const line of text.slice(0, end).split('\n')) {
        const [field, ...rest] = line.split(': ');
        if (field === 'id') event.id = rest.join(': ');
        if (field === 'event') event.name = rest.join(': ');
        if (field === 'data') event.data += rest.join(': ');
      }
      text = text.slice(end + 2);
      yield event;
    }
  }
}
