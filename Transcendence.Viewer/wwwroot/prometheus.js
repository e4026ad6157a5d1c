// Prometheus' HTTP API, by way of the viewer's server: https://prometheus.io/docs/prometheus/latest/querying/api/

import { ask } from './api.js';

/**
 * @typedef {object} Series
 * @property {Record<string, string>} labels
 * @property {Float64Array} times Seconds since 1970.
 * @property {Float64Array} values NaN where there is none.
 */

/** @typedef {{ labels: Record<string, string>, value: number, time: number, seriesLabels: Record<string, string> }} Exemplar */

/** @typedef {{ promise: Promise<any>, users: number, controller: AbortController }} Shared */

/** @type {Map<string, Shared>} Queries under way: the same question of two panels is asked once. */
const underWay = new Map();

/** How many requests have been sent: shows that questions are shared. */
export const statistics = { requests: 0 };

/**
 * @param {string} uid The data source's.
 * @param {string} path Below `/api/v1/`.
 * @param {Record<string, string>} parameters
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} The answer's `data`.
 */
function get(uid, path, parameters, signal) {
  signal?.throwIfAborted();
  const body = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== ''));
  const url = `/api/datasources/proxy/uid/${encodeURIComponent(uid)}/api/v1/${path}`;
  const key = `${url}?${body}`;
  let shared = underWay.get(key);
  if (!shared) {
    const controller = new AbortController();
    statistics.requests++;
    // Label values have no POST.
    const promise = (path.startsWith('label/') ? ask(key, { signal: controller.signal }) : ask(url, { body, signal: controller.signal }))
      .then(answer => (path === 'query_range' ? readMatrix(answer.data, parameters) : answer.data))
      .finally(() => underWay.get(key) === shared && underWay.delete(key));
    promise.catch(() => {}); // Everyone may have gone.
    shared = { promise, users: 0, controller };
    underWay.set(key, shared);
  }
  shared.users++;
  return new Promise((resolve, reject) => {
    const leave = () => {
      if (--shared.users === 0) {
        underWay.delete(key);
        shared.controller.abort();
      }
      reject(signal.reason);
    };
    signal?.addEventListener('abort', leave, { once: true });
    shared.promise.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
  });
}

/**
 * A range query.
 * @param {string} uid
 * @param {{ query: string, from: number, to: number, stepMs: number }} question Times in milliseconds, on multiples of the step.
 * @param {AbortSignal} [signal]
 * @returns {Promise<Series[]>} All on the same times.
 */
export function queryRange(uid, { query, from, to, stepMs }, signal) {
  return get(uid, 'query_range', { query, start: String(from / 1000), end: String(to / 1000), step: String(stepMs / 1000) }, signal);
}

function readMatrix(data, { start, end, step }) {
  if (data.resultType !== 'matrix') {
    throw new Error(`Prometheus answered a range query with "${data.resultType}".`);
  }
  const first = Number(start);
  const each = Number(step);
  const times = new Float64Array(Math.floor((Number(end) - first) / each + 1e-6) + 1);
  for (let i = 0; i < times.length; i++) {
    times[i] = first + i * each;
  }
  return data.result.map(({ metric, values: pairs = [] }) => {
    const values = new Float64Array(times.length).fill(NaN);
    for (let i = 0; i < pairs.length; i++) {
      values[Math.round((pairs[i][0] - first) / each)] = number(pairs[i][1]);
    }
    return { labels: metric, times, values };
  });
}

/**
 * An instant query.
 * @param {string} uid
 * @param {{ query: string, time: number }} question
 * @param {AbortSignal} [signal]
 * @returns {Promise<Series[]>} One value each; a scalar is one series without labels.
 */
export async function queryInstant(uid, { query, time }, signal) {
  const data = await get(uid, 'query', { query, time: String(time / 1000) }, signal);
  switch (data.resultType) {
    case 'vector': return data.result.map(({ metric, value }) => series(metric, [value]));
    case 'matrix': return data.result.map(({ metric, values }) => series(metric, values));
    case 'scalar': return [series({}, [data.result])];
    default: throw new Error(`Prometheus answered with "${data.resultType}", which cannot be drawn.`);
  }
}

function series(labels, pairs) {
  return { labels, times: Float64Array.from(pairs, ([time]) => time), values: Float64Array.from(pairs, ([, value]) => number(value)) };
}

/**
 * @param {string} uid
 * @param {{ query: string, from: number, to: number }} question
 * @param {AbortSignal} [signal]
 * @returns {Promise<Exemplar[]>}
 */
export async function queryExemplars(uid, { query, from, to }, signal) {
  const data = await get(uid, 'query_exemplars', { query, start: String(from / 1000), end: String(to / 1000) }, signal);
  return (data ?? []).flatMap(({ seriesLabels, exemplars }) =>
    exemplars.map(({ labels, value, timestamp }) => ({ labels, value: number(value), time: timestamp, seriesLabels })));
}

/** @param {string} uid @param {{ from: number, to: number, selector?: string }} question @param {AbortSignal} [signal] @returns {Promise<string[]>} */
export function labelNames(uid, { from, to, selector }, signal) {
  return get(uid, 'labels', { 'match[]': selector, start: String(from / 1000), end: String(to / 1000) }, signal);
}

/** @param {string} uid @param {{ label: string, from: number, to: number, selector?: string }} question @param {AbortSignal} [signal] @returns {Promise<string[]>} */
export function labelValues(uid, { label, from, to, selector }, signal) {
  return get(uid, `label/${encodeURIComponent(label)}/values`, { 'match[]': selector, start: String(from / 1000), end: String(to / 1000) }, signal);
}

function number(text) {
  switch (text) {
    case '+Inf': return Infinity;
    case '-Inf': return -Infinity;
    default: return Number(text);
  }
}
