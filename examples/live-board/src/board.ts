import { Api, type Person } from './api';
import { AcceptDocument, AlertsDocument, BoardDocument, InboxDocument, LeadsDocument, OfferDocument, RejectDocument, ReplyDocument, StartDocument, TakeBackDocument,
  TimelineDocument, type BatonFragment, type CardFragment, type Department, type StartQuery, type TypedDocumentString } from './generated';
import { listDeals, showCredit } from './credit';
import { ask, at, called, countdown, el, link, place, tick, when, words } from './page';

/** Whether somebody holds a button of the mouse down, or a finger on the page. */
let held = false;

/** Board shows what waits in both departments, as one person sees it. */
class Board {
  private api: Api;
  private leads = new Map<string, CardFragment>();
  private batons = new Map<string, BatonFragment>();
  private me: NonNullable<StartQuery['viewer']>['member'] | undefined;
  private chosen = '';

  constructor(person: string) {
    for (const id of ['marketing', 'sales', 'news', 'alerts', 'timeline', 'fault']) at(id).replaceChildren();
    this.api = new Api(person, (yes) => {
      at('connection').textContent = yes ? 'live' : 'reconnecting…';
      at('connection').className = yes ? 'live' : 'away';
    });
    this.api.watch();
  }

  /** Reads where the event log stands, then what is, and then follows what happens from there on. */
  async start() {
    const { eventCursor: from, viewer, reasons } = await this.api.send(StartDocument, {});
    this.me = viewer?.member;
    at('reason').replaceChildren(...reasons.filter((r) => r.active).map((r) => el('option', { value: r.key }, r.label)));
    const board = await this.api.send(BoardDocument, {});
    [...board.qualified.nodes, ...board.working.nodes].forEach((lead) => this.leads.set(lead.id, lead));
    [...board.offered.nodes, ...board.rejected.nodes, ...board.returned.nodes].forEach((baton) => this.put(baton));
    this.draw();
    void this.api.follow(InboxDocument, from, ({ handoffInbox: { cursor, event, handoff } }) => {
      if (handoff) this.put(handoff);
      this.tell('news', event.id, event.at, event.summary, handoff?.lead);
      this.draw();
      return cursor;
    });
    void this.api.follow(LeadsDocument, from, ({ leadEvents: { cursor, lead } }) => {
      if (lead) this.leads.set(lead.id, lead);
      if (lead && lead.id === this.chosen) void this.choose(lead.id);
      this.draw();
      return cursor;
    });
    void this.api.follow(AlertsDocument, from, ({ slaAlerts: { cursor, event, clock } }) => {
      if (clock) this.tell('alerts', event.id, event.at, `${words(clock.department)}: ${words(clock.stage)} ${event.kind === 'CLOCK_WARNED' ? 'is nearly up' : 'ran out'}.`, clock.lead);
      return cursor;
    });
  }

  end() {
    this.api.end();
  }

  /** Writes what is left into the clocks. */
  tick() {
    tick(Date.now() + this.api.ahead);
  }

  /** Shows the credit of the deal that the address names (`#deal=<id>`), or the first that was won where it names none; the board where it has no such word. */
  async turn() {
    const asked = place().get('deal');
    at<HTMLAnchorElement>('to-credit').href = link('deal', '');
    at<HTMLAnchorElement>('to-board').href = link('deal');
    at('credit').hidden = asked === null;
    at('board').hidden = asked !== null;
    if (asked === null) return;
    try {
      await showCredit(this.api, await listDeals(this.api, asked));
    } catch (error) {
      at('fault').textContent = String(error instanceof Error ? error.message : error);
    }
  }

  private put(baton: BatonFragment) {
    this.batons.set(baton.id, baton);
    this.leads.set(baton.lead.id, baton.lead);
  }

  /** Shows all anew; while somebody presses a button, only when it is let go: what is replaced under the pointer is not clicked. */
  draw() {
    if (held) return;
    const leads = [...this.leads.values()].sort((a, b) => b.stageSince.localeCompare(a.stageSince));
    const batons = [...this.batons.values()].sort((a, b) => b.offeredAt.localeCompare(a.offeredAt));
    const offered = (to: string) => batons.filter((b) => b.state === 'OFFERED' && b.direction === to);
    at('marketing').replaceChildren(
      this.group('Qualified: to offer', 'qualified', leads.filter((l) => l.stage === 'QUALIFIED').map((l) => this.row(l, `${words(l.band ?? 'unscored')} · ${l.score ?? '–'} points`, [
        this.button('Offer', 'MARKETING', OfferDocument, () => ({ input: { leadId: l.id } }))]))),
      this.group('Rejected: to answer', 'rejected', batons.filter((b) => b.state === 'REJECTED' && !b.repliedAt).map((b) => this.row(b.lead, `${b.reason?.label ?? ''}: ${b.feedback ?? ''}`, [
        this.button('Reply', 'MARKETING', ReplyDocument, async () => {
          const said = await ask('reply', called(b.lead));
          return said && { input: { handoffId: b.id, reply: said.reply ?? '' } };
        })], b))),
      this.group('Returned: to take back', 'returned', offered('SALES_TO_MARKETING').map((b) => this.row(b.lead, b.reason?.label ?? '', [
        this.button('Take back', 'MARKETING', TakeBackDocument, () => ({ input: { leadId: b.lead.id } }))], b))));
    at('sales').replaceChildren(
      this.group('Offered: to accept', 'offered', offered('MARKETING_TO_SALES').map((b) => this.row(b.lead, b.member ? `to ${b.member.name}` : `waits in ${b.queue}`, this.mine(b) ? [
        this.button('Accept', 'SALES', AcceptDocument, () => ({ input: { handoffId: b.id, expectedVersion: b.version } })),
        this.button('Reject', 'SALES', RejectDocument, async () => {
          const said = await ask('reject', called(b.lead));
          return said && { input: { handoffId: b.id, reason: said.reason ?? '', feedback: said.feedback ?? '', expectedVersion: b.version } };
        })] : [], b))),
      this.group('With sales', 'working', leads.filter((l) => l.stage === 'ACCEPTED' || l.stage === 'WORKING').map((l) => this.row(l, `${words(l.stage)} · ${l.owner?.name ?? ''}`, []))));
    this.tick();
  }

  /** Whether an offer waits for the viewer: it was made to them, or to everybody. */
  private mine(b: BatonFragment) {
    return !b.member || b.member.id === this.me?.id;
  }

  private group(title: string, id: string, rows: HTMLElement[]) {
    return el('section', { id }, el('h3', {}, title, el('small', {}, ` ${rows.length >= 20 ? 'the latest' : rows.length}`)), el('ul', {}, ...rows.slice(0, 20)));
  }

  private row(shown: CardFragment, about: string, buttons: (HTMLElement | false)[], baton?: BatonFragment) {
    const lead = this.leads.get(shown.id) ?? shown; // the latest that is known of it
    return el('li', { 'data-lead': lead.id, 'data-handoff': baton?.id, class: lead.id === this.chosen ? 'chosen' : '' },
      el('button', { class: 'lead', onclick: () => void this.choose(lead.id) }, el('b', {}, called(lead)), el('small', {}, [lead.contact.title, lead.account?.name].filter(Boolean).join(', '))),
      el('span', { class: 'about' }, about), countdown(lead.openClock), ...buttons);
  }

  /** A button for those of a department; what it sends is asked for when it is pressed. The answer is not looked at: the change comes as an event. */
  private button<T, V>(label: string, of: Department, document: TypedDocumentString<T, V>, variables: () => V | undefined | Promise<V | undefined>) {
    return this.me?.department === of && el('button', { class: 'do', onclick: () => void this.act(document, variables) }, label);
  }

  private async act<T, V>(document: TypedDocumentString<T, V>, variables: () => V | undefined | Promise<V | undefined>) {
    at('fault').textContent = '';
    try {
      const input = await variables();
      if (input) await this.api.send(document, input);
    } catch (error) {
      at('fault').textContent = String(error instanceof Error ? error.message : error);
    }
  }

  /** Puts an event at the top of a list. It comes once: follow goes on behind what was shown. */
  private tell(list: 'news' | 'alerts', id: string, time: string, text: string, lead?: CardFragment) {
    at(list).prepend(el('li', { 'data-event': id, 'data-about': lead?.id ?? '' }, el('time', {}, when(time)), ' ', lead && el('b', {}, called(lead)), ` ${text}`));
    while (at(list).childElementCount > 12) at(list).lastElementChild?.remove();
  }

  /** Shows a lead's timeline, and again whenever something happens to it. */
  private async choose(id: string) {
    this.chosen = id;
    this.draw();
    const { lead } = await this.api.send(TimelineDocument, { lead: id });
    if (!lead || this.chosen !== id) return;
    at('timeline').replaceChildren(el('h2', {}, called(lead)), el('p', {}, `${words(lead.stage)} since ${when(lead.stageSince)}`), countdown(lead.openClock) ?? '',
      el('ol', {}, ...lead.timeline.nodes.map((entry) => entry.__typename === 'Event'
        ? el('li', { 'data-event': entry.id }, el('time', {}, when(entry.at)), ` ${entry.summary}`, entry.member && el('small', {}, ` ${entry.member.name}`))
        : el('li', { class: 'touch' }, el('time', {}, when(entry.occurredAt)), ` ${words(entry.kind)}${entry.subject ? `: ${entry.subject}` : ''}`))));
    this.tick();
  }
}

/** Begins as the person that the address names (`#as=<id>`), or the first one; another can be chosen. */
async function main() {
  const people = (await (await fetch('people.json')).json()) as Person[];
  const who = at<HTMLSelectElement>('who');
  who.replaceChildren(...people.map((p) => el('option', { value: p.id }, `${p.name}, ${p.department.toLowerCase()} ${p.role.toLowerCase()}`)));
  const named = place().get('as');
  if (people.some((p) => p.id === named)) who.value = named!;
  let board: Board | undefined;
  const begin = async () => {
    board?.end();
    const next = (board = new Board(who.value));
    void next.turn();
    try {
      await next.start();
    } catch (error) {
      if (next === board) at('fault').textContent = String(error instanceof Error ? error.message : error);
    }
  };
  who.addEventListener('change', () => {
    location.hash = link('as', who.value);
    void begin();
  });
  at('deal').addEventListener('change', () => (location.hash = link('deal', at<HTMLSelectElement>('deal').value)));
  window.addEventListener('hashchange', () => {
    const named = place().get('as');
    if (named === who.value || !people.some((p) => p.id === named)) return void board?.turn();
    who.value = named!;
    void begin();
  });
  window.addEventListener('pointerdown', () => (held = true), true);
  for (const end of ['pointerup', 'pointercancel']) {
    window.addEventListener(end, () => {
      held = false;
      setTimeout(() => board?.draw()); // behind the click
    }, true);
  }
  setInterval(() => board?.tick(), 1000);
  await begin();
}

void main();
