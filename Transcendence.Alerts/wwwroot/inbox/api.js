// The inbox's HTTP API.

/** An error that the user is told. `isSessionEnded` when he has to log in again. */
export class InboxError extends Error {
  constructor(message, { isSessionEnded = false, cause } = {}) {
    super(message, { cause });
    this.isSessionEnded = isSessionEnded;
  }
}

let ahead = 0;

/** The inbox's time in milliseconds: this machine's clock may be wrong. */
export const now = () => Date.now() + ahead;

/**
 * Asks the inbox.
 * @param {string} path
 * @param {{ method?: string, body?: unknown }} [options]
 * @returns {Promise<any>} The JSON; nothing where the answer has none.
 * @throws {InboxError} Anything but a good answer.
 */
export async function ask(path, { method = 'GET', body } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      signal: AbortSignal.timeout(15_000),
    });
  } catch (cause) {
    throw new InboxError('The inbox does not answer.', { cause });
  }
  const date = Date.parse(response.headers.get('date'));
  ahead = Number.isNaN(date) || Math.abs(date - Date.now()) < 2000 ? 0 : date - Date.now();
  if (response.status === 401) {
    throw new InboxError('The session has ended.', { isSessionEnded: true });
  }
  const answer = response.status === 204 ? undefined : await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new InboxError(reason(answer) ?? `The inbox answered with status ${response.status}.`);
  }
  return answer;
}

// Problem Details, with the faults of fields where there are some.
const reason = ({ detail, title, errors }) => (errors ? Object.values(errors).flat().join(' ') : detail ?? title);
