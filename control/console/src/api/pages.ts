import { api, ask } from './client';
import { asEvents, type Event } from './record';

export interface Search {
  number?: string;
  rule?: string;
  action?: string;
  text?: string;
  since?: string;
  until?: string;
}

export const PAGE = 200;
const PAGES_KEPT = 30;

type Fetch = (after: number | undefined, limit: number) => Promise<{ events: Event[]; next?: number | null }>;

/**
 * The messages that a search finds, newest first, as rows of which any may be asked for. Pages come when their rows are
 * looked at, and the oldest asked for are given up again: memory stays the same whether there are a hundred messages or
 * ten million.
 */
export class Rows {
  /** How many rows are known of. */
  count = 0;
  /** Whether more follow behind them. */
  hasMore = true;
  error: unknown;
  private pages = new Map<number, Event[]>();
  private cursors: (number | undefined)[] = [undefined];
  private asked = new Set<number>();

  /** `newest` is given where every number up to it is a row: then the place of any page is known without the pages before. */
  constructor(
    private fetch: Fetch,
    private onChange: () => void,
    private all?: { newest: number; count: number },
  ) {
    if (all) {
      this.count = all.count;
      this.hasMore = false;
    }
  }

  row(at: number): Event | undefined {
    return this.pages.get(Math.floor(at / PAGE))?.[at % PAGE];
  }

  /** Says which rows are in sight. */
  want(first: number, last: number) {
    const until = Math.floor(Math.max(first, Math.min(last, this.count)) / PAGE);
    for (let page = Math.floor(first / PAGE); page <= until; page += 1) this.load(page);
    if (this.hasMore && last >= this.count - PAGE / 2) this.load(this.cursors.length - 1);
  }

  retry() {
    this.error = undefined;
    this.onChange();
  }

  private async load(page: number) {
    if (this.pages.has(page)) return this.keepLonger(page);
    if (this.asked.has(page) || this.error || page < 0 || (!this.all && page >= this.cursors.length)) return;
    if (this.all && page * PAGE >= this.all.count) return;
    this.asked.add(page);
    try {
      const after = this.all ? this.all.newest - page * PAGE + 1 : this.cursors[page];
      this.take(page, await this.fetch(after, PAGE));
    } catch (error) {
      this.error = error;
    } finally {
      this.asked.delete(page);
    }
    this.onChange();
  }

  private take(page: number, { events, next }: Awaited<ReturnType<Fetch>>) {
    this.pages.set(page, events);
    for (const [oldest] of this.pages) {
      if (this.pages.size <= PAGES_KEPT) break;
      this.pages.delete(oldest);
    }
    if (this.all || page !== this.cursors.length - 1) return;
    this.count = page * PAGE + events.length;
    this.hasMore = next != null;
    if (next != null) this.cursors.push(next);
  }

  private keepLonger(page: number) {
    const events = this.pages.get(page) as Event[];
    this.pages.delete(page);
    this.pages.set(page, events);
  }
}

/** The messages of a search, and of an unrestricted one of any place in the store. */
export async function search(search: Search, clear: boolean, onChange: () => void): Promise<Rows> {
  const given = Object.fromEntries(Object.entries(search).filter(([, value]) => value));
  const fetch: Fetch = async (after, limit) => {
    const query = { ...given, after, limit, order: 'newest' as const, clear: clear || undefined };
    const { events, next } = await ask(api.GET('/api/v1/events', { params: { query } }));
    return { events: asEvents(events), next };
  };
  return new Rows(fetch, onChange, Object.keys(given).length === 0 ? await whole() : undefined);
}

// Numbers are given one by one, and retention takes the oldest: usually all from the first to the last are there.
async function whole() {
  const { store } = await ask(api.GET('/api/v1/status'));
  if (store.first == null || store.last == null || store.events !== store.last - store.first + 1) return undefined;
  return { newest: store.last, count: store.events };
}
