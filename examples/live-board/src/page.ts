import type { CardFragment, CountdownFragment } from './generated';

type Child = Node | string | null | undefined | false;

/** Makes an element: attributes by name, those that begin with `on` are heard. Texts stay texts, whatever is in them. */
export function el(tag: string, attributes: Record<string, string | (() => void) | undefined> = {}, ...children: Child[]) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Makes a part of a drawing. */
export function svg(tag: string, attributes: Record<string, string | number>, ...children: Child[]) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** What stands in the address behind the #, as names and values. */
export const place = () => new URLSearchParams(location.hash.slice(1));

/** An address of this page with another value for a name, or without it. */
export function link(name: string, value?: string) {
  const to = place();
  if (value === undefined) to.delete(name);
  else to.set(name, value);
  return `#${to.toString()}`;
}

/** The element of the page with this id. */
export function at<T extends HTMLElement = HTMLElement>(id: string) {
  return document.getElementById(id) as T;
}

/** What people call a lead. */
export const called = (lead: CardFragment) => lead.contact.fullName ?? lead.id;

/** A stage or state as people read it: "Sales qualified". */
export const words = (key: string) => key.charAt(0) + key.slice(1).toLowerCase().replaceAll('_', ' ');

/** An instant, short. */
export const when = (at: string) =>
  new Date(at).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** A clock that counts down; tick writes what is left. */
export function countdown(clock: CountdownFragment | null | undefined) {
  if (!clock) return null;
  const state = clock.state.toLowerCase();
  return el('span', { class: `clock ${state}`, title: `${words(clock.stage)}: ${state}` },
    `${words(clock.stage)} `, clock.dueAt ? el('time', { datetime: clock.dueAt }, '…') : state);
}

/** Writes into all clocks of the page what is left by the server's time. */
export function tick(now: number) {
  for (const time of document.querySelectorAll<HTMLTimeElement>('.clock time')) {
    const left = Math.round((Date.parse(time.dateTime) - now) / 1000);
    const text = left < 0 ? `${span(-left)} late` : span(left);
    if (time.textContent !== text) time.textContent = text;
    time.parentElement!.classList.toggle('late', left < 0);
  }
}

function span(seconds: number) {
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const days = Math.floor(seconds / 86400);
  return `${days ? `${days} d ` : ''}${two((seconds % 86400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
}

/** Asks something in a dialog: what its form holds, or nothing where it was closed. */
export async function ask(id: string, about: string) {
  const dialog = at<HTMLDialogElement>(id);
  const form = dialog.querySelector('form')!;
  form.reset();
  dialog.querySelector('.about')!.textContent = about;
  dialog.returnValue = '';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  return dialog.returnValue === 'send' ? Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)])) : undefined;
}
