import type { Api } from './api';
import { CreditDocument, WonDealsDocument, type AttributionModel, type CreditQuery } from './generated';
import { at, el, svg, when, words } from './page';

type Deal = Extract<NonNullable<CreditQuery['node']>, { attribution?: unknown }>;
type Touch = NonNullable<Deal['attribution']>['touches']['nodes'][number];

/** The models that are shown side by side, and what each says. */
const models: [AttributionModel, string][] = [
  ['FIRST', 'all to the first touch'],
  ['POSITION', 'most to first and last'],
  ['TIME_DECAY', 'more to what came late'],
];

const sides = ['MARKETING', 'SALES', 'NOBODY'] as const;
type Side = (typeof sides)[number];
const side = (t: Touch): Side => t.department ?? 'NOBODY';
const named = { MARKETING: 'marketing', SALES: 'sales', NOBODY: 'the person’s own doing' };

/** What of the chart lies where, in units of its view box. */
const left = 150;
const right = 680;
const bar = 735;
const width = 960;
const lane = 96;
const top = 34;

/** How many touches one drawing shows. */
const most = 2000;

/** Fills the list of won deals, and answers the one that is chosen: the one asked for, or the first. */
export async function listDeals(api: Api, asked: string) {
  const { deals } = await api.send(WonDealsDocument, {});
  const which = at<HTMLSelectElement>('deal');
  which.replaceChildren(...deals.nodes.map((d) => el('option', { value: d.id }, `${d.name}, ${money(d.amountMinor, d.currency)}`)));
  if (deals.nodes.some((d) => d.id === asked)) which.value = asked;
  return which.value;
}

/** Shows how a deal was won: its touches in time, as large as their share under each model, and what each department has of it. */
export async function showCredit(api: Api, deal: string) {
  const read = async (after: string | null) => {
    const { node } = await api.send(CreditDocument, { deal, models: models.map(([m]) => m), after });
    return node && 'attribution' in node ? node : undefined;
  };
  const found = await read(null);
  const run = found?.attribution;
  if (!found || !run) {
    at('chart').replaceChildren(el('p', {}, found ? 'The credit of this deal was not frozen.' : 'Choose a deal that was won.'));
    return;
  }
  const touches = [...run.touches.nodes];
  for (let page = run.touches.pageInfo; page.hasNextPage && page.endCursor && touches.length < most; ) {
    const next = (await read(page.endCursor))?.attribution?.touches;
    if (!next) break;
    touches.push(...next.nodes);
    page = next.pageInfo;
  }
  if (at<HTMLSelectElement>('deal').value !== deal) return; // another one was chosen meanwhile
  at('chart').setAttribute('data-deal', deal);
  const results = new Map(run.results.map((r) => [r.model, r]));
  at('chart').replaceChildren(
    el('p', {}, `${money(found.amountMinor, found.currency)}, won ${when(found.closedAt ?? '')}, ${run.touches.totalCount} touches count. `
      + `How much depends on the model: ${percent(run.disagreement)}.`),
    el('p', { class: 'legend' }, ...sides.map((s) => el('span', { class: s.toLowerCase() }, named[s]))),
    chart(found, touches, (m) => results.get(m)?.reason ?? ''),
    ...found.disputes.map((d) => el('p', { class: 'dispute', 'data-dispute': d.id }, `${words(d.claimant)} claims ${percent(d.claimedShare)}: ${words(d.state).toLowerCase()}. `,
      d.ruling && `${d.state === 'SETTLED' ? 'Both departments signed' : 'Proposed is'}: marketing ${percent(d.ruling.marketingShare)}, sales ${percent(d.ruling.salesShare)}.`)));
}

/** One lane for each model over one axis of time. */
function chart(deal: Deal, touches: Touch[], reason: (model: AttributionModel) => string) {
  const times = touches.map((t) => Date.parse(t.occurredAt));
  const end = Date.parse(deal.closedAt ?? deal.openedAt);
  const captured = deal.lead?.createdAt; // a deal that was brought in may have no lead
  const begin = Math.min(...times, Date.parse(captured ?? deal.openedAt));
  const x = (time: number) => left + ((right - left) * (time - begin)) / Math.max(end - begin, 1);
  const foot = top + models.length * lane;
  const mark = (time: string, text: string, row: number) => svg('g', { class: 'mark' },
    svg('line', { x1: x(Date.parse(time)), x2: x(Date.parse(time)), y1: 6 + row * 12, y2: foot }),
    svg('text', { x: x(Date.parse(time)) - 4, y: 12 + row * 12, 'text-anchor': 'end' }, text));
  return svg('svg', { viewBox: `0 0 ${width} ${foot + 26}`, role: 'img', 'aria-label': `The journey of ${deal.name}` },
    captured && mark(captured, 'lead', 1), mark(deal.openedAt, 'deal', 0), mark(deal.closedAt ?? deal.openedAt, 'won', 1),
    ...models.map(([model, says], i) => row(model, says, top + i * lane, touches, times.map(x), reason(model))),
    svg('text', { class: 'axis', x: left, y: foot + 18 }, when(new Date(begin).toISOString())),
    svg('text', { class: 'axis', x: right, y: foot + 18, 'text-anchor': 'end' }, when(new Date(end).toISOString())),
    svg('text', { class: 'axis', x: bar, y: foot + 18 }, 'by department'));
}

/** A model's lane: circles whose area is the touch's share, and a bar of what each department has. */
function row(model: AttributionModel, says: string, y: number, touches: Touch[], xs: number[], reason: string) {
  const middle = y + lane / 2;
  const share = (t: Touch) => t.credits.find((c) => c.model === model)?.share ?? 0;
  const circles = touches
    .map((t, i) => ({ t, x: xs[i] ?? left, r: Math.max(2, 38 * Math.sqrt(share(t))) }))
    .sort((a, b) => b.r - a.r) // small ones stay visible
    .map(({ t, x, r }) => svg('circle', { class: side(t).toLowerCase(), cx: x, cy: middle, r: r.toFixed(1), 'data-share': share(t).toFixed(8) },
      svg('title', {}, `${t.touch ? words(t.touch.kind) : t.channelGroup}, ${when(t.occurredAt)}, ${named[side(t)]}: ${percent(share(t))}`)));
  let from = bar;
  const parts = sides.flatMap((s) => {
    const sum = touches.filter((t) => side(t) === s).reduce((all, t) => all + share(t), 0);
    const wide = (width - 10 - bar) * sum;
    const part = svg('rect', { class: s.toLowerCase(), x: from, y: middle - 14, width: wide.toFixed(1), height: 28, 'data-side': s, 'data-share': sum.toFixed(8) },
      svg('title', {}, `${named[s]}: ${percent(sum)}`));
    const text = wide > 34 && svg('text', { class: 'part', x: from + wide / 2, y: middle + 4, 'text-anchor': 'middle' }, percent(sum));
    from += wide;
    return [part, text];
  });
  return svg('g', { class: 'lane', 'data-model': model },
    svg('line', { class: 'base', x1: left, x2: right, y1: middle, y2: middle }),
    svg('text', { class: 'model', x: 0, y: middle - 3 }, words(model)), svg('text', { class: 'says', x: 0, y: middle + 12 }, says),
    ...circles, ...parts, reason && svg('text', { class: 'says', x: left, y: middle - 8 }, reason));
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

const money = (minor: number, currency: string) => new Intl.NumberFormat('en-GB', { style: 'currency', currency, maximumFractionDigits: 0 }).format(minor / 100);
