// What a panel asks, and the frames that come back.

import { alignRange, calculateStep, parseDuration } from './timerange.js';
import { chain, interpolate } from './interpolation.js';
import { findDatasource, intervalScope } from './variables.js';
import { seriesFrames, tableFrame } from './frames.js';
import { ViewerError } from './api.js';
import * as prometheus from './prometheus.js';

/**
 * @typedef {object} Context What the page knows.
 * @property {import('./timerange.js').TimeRange} range
 * @property {import('./interpolation.js').Scope} scope Variables and what is known without asking.
 * @property {any[]} datasources
 * @property {number} maxPoints The most points of a series that the server gives.
 */

/**
 * @typedef {object} Answer
 * @property {import('./frames.js').Frame[]} frames
 * @property {Array<import('./prometheus.js').Exemplar & { refId: string }>} exemplars
 * @property {Array<{ url?: string, datasourceUid?: string, name: string, urlDisplayLabel?: string }>} exemplarLinks
 * @property {import('./timerange.js').TimeRange} range The panel's own, where it has one.
 * @property {number} stepMs The widest step of its queries.
 */

/**
 * The range of a panel: the dashboard's, unless `timeFrom` or `timeShift` say otherwise.
 * @param {any} panel
 * @param {Context} context
 */
export function panelRange({ timeFrom, timeShift }, { range, scope }) {
  let { from, to } = range;
  const own = timeFrom && parseDuration(interpolate(timeFrom, scope).replace(/^now-/, ''));
  if (own) {
    from = to - own;
  }
  const shift = timeShift && parseDuration(interpolate(timeShift, scope));
  return shift ? { from: from - shift, to: to - shift } : { from, to };
}

/**
 * Asks all queries of a panel at once.
 * @param {any} panel As in the dashboard's file.
 * @param {number} width The pixels that it has for points.
 * @param {Context} context
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
export async function runPanelQueries(panel, width, context, signal) {
  const range = panelRange(panel, context);
  const targets = (panel.targets ?? []).filter(({ hide }) => !hide);
  const answers = await Promise.all(targets.map(target => runTarget(target, { panel, width, range, many: targets.length > 1 }, context, signal)));
  return {
    frames: answers.flatMap(({ frames }) => frames),
    exemplars: answers.flatMap(({ exemplars }) => exemplars),
    exemplarLinks: answers[0]?.links ?? [],
    range,
    stepMs: Math.max(1000, ...answers.map(({ stepMs }) => stepMs)),
  };
}

async function runTarget(target, { panel, width, range, many }, context, signal) {
  const source = findDatasource(usable(target.datasource) ?? usable(panel.datasource), context.datasources, context.scope);
  if (!source) {
    const wanted = target.datasource?.uid ?? panel.datasource?.uid ?? panel.datasource;
    throw new ViewerError(`There is no data source "${interpolate(String(wanted), context.scope)}".`, { remedy: 'Provision it in monitoring/grafana/provisioning/datasources, or choose another at the top.' });
  }
  if (source.type !== 'prometheus') {
    throw new ViewerError(`The data source "${source.name}" is of type "${source.type}": the built-in viewer draws Prometheus only.`, { remedy: 'See it in Grafana.' });
  }
  const { jsonData = {} } = source;
  const milliseconds = text => (text ? parseDuration(interpolate(text, context.scope)) : null);
  const step = calculateStep({
    range,
    maxDataPoints: panel.maxDataPoints || width,
    minStepMs: milliseconds(target.interval),
    panelIntervalMs: milliseconds(panel.interval),
    scrapeIntervalMs: milliseconds(jsonData.timeInterval) ?? 15_000,
    intervalFactor: target.intervalFactor || 1,
    maxPoints: context.maxPoints,
  });
  const query = interpolate(target.expr ?? '', chain(intervalScope(step), context.scope), 'promql').trim();
  if (!query) {
    return { frames: [], exemplars: [], stepMs: step.stepMs, links: [] };
  }
  const named = { refId: target.refId ?? 'A', expr: query, legendFormat: target.legendFormat && interpolate(target.legendFormat, context.scope) };
  const wantsInstant = Boolean(target.instant);
  const wantsRange = target.range ?? !wantsInstant;
  const aligned = alignRange(range, step.stepMs);
  const [ranged, instant, exemplars] = await Promise.all([
    wantsRange ? prometheus.queryRange(source.uid, { query, ...aligned, stepMs: step.stepMs }, signal) : [],
    wantsInstant ? prometheus.queryInstant(source.uid, { query, time: range.to }, signal) : [],
    target.exemplar && wantsRange ? prometheus.queryExemplars(source.uid, { query, ...aligned }, signal) : [],
  ]);
  const asTable = target.format === 'table' || (wantsInstant && panel.type === 'table');
  const toFrames = series => (asTable ? tableFrame(series, named, many) : seriesFrames(series, named));
  return {
    frames: [...toFrames(ranged), ...toFrames(instant)],
    exemplars: exemplars.map(exemplar => ({ ...exemplar, refId: named.refId })),
    links: jsonData.exemplarTraceIdDestinations ?? [],
    stepMs: step.stepMs,
  };
}

// "Mixed" says only that each query has its own.
function usable(reference) {
  const id = typeof reference === 'string' ? reference : reference?.uid;
  return id === '-- Mixed --' ? undefined : reference;
}
