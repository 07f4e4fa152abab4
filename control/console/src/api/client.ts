import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

// What the daemon demands of whoever changes something: pages of other sites cannot set it.
export const CSRF = { 'X-Sluice-CSRF': '1' };

const client = createClient<paths>({ baseUrl: '/' });
client.use({
  onRequest({ request }) {
    if (request.method !== 'GET') for (const [name, value] of Object.entries(CSRF)) request.headers.set(name, value);
    return request;
  },
});
export const api = client;

/** A refusal of the daemon (RFC 9457), or that it could not be reached. */
export class Refused extends Error {
  constructor(readonly problem: Schemas['Problem']) {
    super(problem.title);
  }
  get kind() {
    return this.problem.type.replace('urn:sluice:problem:', '');
  }
}

const UNREACHABLE = {
  type: 'urn:sluice:problem:unreachable',
  title: 'The appliance does not answer',
  detail: 'Your browser could not reach it. What is shown may be old; it is asked again by itself.',
  status: 0,
};

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** What was asked for, or throws `Refused`. */
export async function ask<T>(answer: Promise<Answer<T>>): Promise<T> {
  let given: Answer<T>;
  try {
    given = await answer;
  } catch {
    throw new Refused(UNREACHABLE);
  }
  if (given.response.ok) return given.data as T;
  throw new Refused(asProblem(given.error, given.response));
}

function asProblem(error: unknown, response: Response): Schemas['Problem'] {
  if (error && typeof error === 'object' && 'title' in error) return error as Schemas['Problem'];
  return {
    type: 'urn:sluice:problem:other',
    title: `The appliance answered ${response.status}`,
    detail: typeof error === 'string' ? error.slice(0, 200) : response.statusText,
    status: response.status,
  };
}

export function refusal(error: unknown): Schemas['Problem'] {
  if (error instanceof Refused) return error.problem;
  return { type: 'about:blank', title: 'The console failed', detail: String(error), status: 0 };
}
