// Annotations that a Prometheus answers: where a series is above zero, something was the case.

import { alignRange, calculateStep, parseDuration } from './timerange.js';
import { chain, interpolate } from './interpolation.js';
import { findDatasource, intervalScope } from './variables.js';
import * as prometheus from './prometheus.js';

/** @param {any} dashboard @returns {any[]} Those that have a query. */
export function annotationQueries({ annotations }) {
  return (annotations?.list ?? []).filter(({ builtIn, expr, target }) => !builtIn && (expr || target?.expr));
}

/**
 * @param {any} dashboard
 * @param {import('./dashboard.js').Page} page
 * @param {AbortSignal} signal
 * @returns {Promise<{ list: Array<{ from: number, to: number, color: string, title: string, text: string, tags: string[] }>, errors: string[] }>}
 */
export async function loadAnnotations(dashboard, page, signal) {
  const errors = [];
  const lists = await Promise.all(annotationQueries(dashboard).filter(({ name, enable = true }) => page.annotationsOn.get(name) ?? enable).map(async annotation => {
    try {
      return await load(annotation, page, signal);
    } catch (error) {
      if (!signal.aborted) {
        errors.push(`Annotations "${annotation.name}": ${error.message}`);
      }
      return [];
    }
  }));
  return { list: lists.flat(), errors };
}

async function load(annotation, { range, scope, datasources, maxPoints }, signal) {
  const source = findDatasource(annotation.datasource, datasources, scope);
  if (source?.type !== 'prometheus') {
    throw new Error('its data source is not a Prometheus that is provisioned here.');
  }
  const scrapeIntervalMs = parseDuration(source.jsonData?.timeInterval) ?? 15_000;
  const step = calculateStep({ range, maxDataPoints: 1000, minStepMs: parseDuration(annotation.step ?? annotation.target?.step) ?? 60_000, scrapeIntervalMs, maxPoints });
  const query = interpolate(annotation.expr ?? annotation.target.expr, chain(intervalScope(step), scope), 'promql');
  const series = await prometheus.queryRange(source.uid, { query, ...alignRange(range, step.stepMs), stepMs: step.stepMs }, signal);
  return series.flatMap(({ labels, times, values }) => {
    const fill = format => (format ?? '').replace(/\{\{\s*(.+?)\s*\}\}/g, (_, name) => labels[name] ?? '');
    const tags = (annotation.tagKeys ?? '').split(',').map(key => labels[key.trim()]).filter(Boolean);
    const what = { title: fill(annotation.titleFormat) || annotation.name, text: fill(annotation.textFormat), tags, color: annotation.iconColor ?? 'red', filter: annotation.filter };
    return spans(times, values, step.stepMs).map(span => ({ ...span, ...what }));
  });
}

/** Where values are above zero, one after the other. */
function spans(times, values, stepMs) {
  const result = [];
  for (let i = 0; i < values.length; i++) {
    const ms = times[i] * 1000;
    if (!(values[i] > 0)) {
      continue;
    }
    if (i > 0 && values[i - 1] > 0) {
      result.at(-1).to = ms;
    } else {
      result.push({ from: ms, to: ms });
    }
  }
  return result.map(span => (span.to > span.from ? { ...span, to: span.to + stepMs } : span));
}
