// The viewer's own HTTP API.

/** An error that the user is told: what happened, and what to do. */
export class ViewerError extends Error {
  /**
   * @param {string} message
   * @param {{ remedy?: string, status?: number, cause?: unknown }} [details]
   */
  constructor(message, { remedy, status, cause } = {}) {
    super(message, { cause });
    this.name = 'ViewerError';
    this.remedy = remedy;
    this.status = status;
  }
}

let leaving = false;

/**
 * Asks the server.
 * @param {string} url
 * @param {{ body?: URLSearchParams, signal?: AbortSignal }} [options] With a body it is a POST of a form.
 * @returns {Promise<any>} The JSON.
 * @throws {ViewerError} Anything but a good answer. An expired login leads to the login page, which says so, and never comes back.
 */
export async function ask(url, { body, signal } = {}) {
  let response;
  try {
    response = await fetch(url, { method: body ? 'POST' : 'GET', body, signal, headers: { accept: 'application/json' } });
  } catch (cause) {
    if (signal?.aborted) {
      throw cause;
    }
    throw new ViewerError('The viewer does not answer.', { remedy: 'Is the application still running? Start it, then refresh.', cause });
  }
  if (response.status === 401) {
    if (!leaving) {
      leaving = true;
      location.assign(`/login?redirectTo=${encodeURIComponent(location.pathname + location.search)}&expired=true`);
    }
    return new Promise(() => {});
  }
  const text = await response.text();
  let answer;
  try {
    answer = JSON.parse(text);
  } catch (cause) {
    throw new ViewerError(`The answer is no JSON (status ${response.status}).`, { status: response.status, cause });
  }
  if (!response.ok) {
    throw refusal(response.status, answer);
  }
  return answer;
}

// Prometheus says {status, errorType, error}, the viewer itself problem+json.
function refusal(status, answer) {
  if (answer.status === 'error') {
    return new ViewerError(`Prometheus: ${answer.error}`, { status, remedy: promRemedies[answer.errorType] });
  }
  const { title, detail } = answer;
  return new ViewerError([title, detail].filter(Boolean).join(': ') || `The viewer answered with status ${status}.`, { status, remedy: answer.remedy ?? remedies[status] });
}

const promRemedies = {
  bad_data: 'Correct the query in the dashboard\u2019s file.',
  timeout: 'Choose a shorter time range, or make the query simpler.',
  canceled: 'Choose a shorter time range, or make the query simpler.',
  execution: 'Correct the query, or choose a shorter time range.',
  unavailable: 'Prometheus is starting or stopping: it is asked again with the next refresh.',
};

const remedies = {
  502: 'Prometheus does not answer: see whether it runs, and its log.',
  503: 'Prometheus does not answer: see whether it runs, and its log.',
  504: 'Choose a shorter time range, or make the query simpler.',
};
