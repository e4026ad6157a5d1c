// Questions to the server that are answered once.

/** An answer that is none: with the server's words for the reader. */
export class Problem extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Leads to the login, and back here from there. */
export function toLogin() {
  location.assign(`/login?reason=ended&returnUrl=${encodeURIComponent(location.pathname + location.search)}`);
}

/**
 * Asks the server.
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<any>} What it answered; null when there is nothing to say.
 * @throws {Problem} It refused, or did not answer (status 0).
 */
export async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { Accept: 'application/json' } });
  } catch {
    throw new Problem(0, 'The application does not answer.');
  }
  if (response.status === 401) {
    toLogin();
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => null);
    throw new Problem(response.status, problem?.detail ?? problem?.title ?? `The server answered ${response.status}.`);
  }
  return response.status === 204 ? null : response.json();
}
