// What a resource's facts mean to a reader.

import { h } from '/public/shared/dom.js';
import { icon } from './icons.js';

const byStyle = { error: 'critical', warning: 'warn', info: 'info' };
const onTheWay = ['Starting', 'Stopping', 'Waiting', 'Unknown'];
const healthTones = { Healthy: 'ok', Degraded: 'warn', Unhealthy: 'critical' };
const pictures = { ok: 'Good', warn: 'Attention', critical: 'Bad', info: 'Busy', muted: 'Idle' };

/** `FailedToStart` as `Failed to start`. */
const inWords = text => (/^[A-Z][a-z]+([A-Z][a-z]+)+$/.test(text) ? text.replace(/(?<=[a-z])[A-Z]/g, letter => ' ' + letter.toLowerCase()) : text);

/** @returns {{ text: string, tone: string }} The state, and the colour that goes with it: ok, warn, critical, info or muted. */
export function stateOf(resource) {
  const state = resource.state ?? 'Unknown';
  const text = inWords(state) + (resource.exitCode !== null && state !== 'Running' ? ` (exit code ${resource.exitCode})` : '');
  const tone = byStyle[resource.stateStyle] ?? (state === 'Running' || state === 'Active' ? 'ok' : onTheWay.includes(state) ? 'info' : 'muted');
  return { text, tone };
}

/** @returns {{ text: string, tone: string } | null} The health; null while it does not run, and so has none. */
export function healthOf(resource) {
  if (resource.health === null) {
    return null;
  }
  return resource.healthReports.some(report => report.status === null)
    ? { text: 'Checking', tone: 'info' }
    : { text: resource.health, tone: healthTones[resource.health] };
}

/** @returns {{ text: string, tone: string }} The result of one health check. */
export const reportOf = report => (report.status === null ? { text: 'Not run yet', tone: 'muted' } : { text: report.status, tone: healthTones[report.status] });

/** Whether a reader should look: it failed, or it runs and is not healthy. */
export const isTroubled = resource => {
  const health = healthOf(resource);
  return stateOf(resource).tone === 'critical' || (health !== null && health.tone !== 'ok' && health.tone !== 'info');
};

/** Whether it is a thing that runs, and not a value. */
export const isRunnable = resource => resource.type !== 'Parameter';

/** @returns {HTMLElement} A text with a picture in its colour. */
export const badge = ({ text, tone }, ...more) => h('span', { class: `badge ${tone}` }, icon(pictures[tone]), h('span', null, text), ...more);

/** @returns {string | null} The name of the resource that it belongs to. */
export const parentOf = resource => resource.relationships.find(r => r.type === 'Parent')?.resourceName ?? null;

/**
 * How resources stand to each other: each pair once, with all kinds of relation.
 * @returns {{ from: string, to: string, types: string[] }[]}
 */
export function relations(resources) {
  const known = new Map();
  for (const resource of resources.values()) {
    for (const { resourceName, type } of resource.relationships) {
      const key = `${resource.name} ${resourceName}`;
      const relation = known.get(key) ?? { from: resource.name, to: resourceName, types: [] };
      relation.types.push(type);
      known.set(key, relation);
    }
  }
  return [...known.values()];
}

/** @returns {string | null} An address to link to; null for what is none of the web's, such as `tcp://` or `javascript:`. */
export function webAddress(text) {
  return URL.canParse(text ?? '') && ['http:', 'https:'].includes(new URL(text).protocol) ? text : null;
}

/** A link that opens a tab of its own, which gets no hold on this one. */
export const outward = (url, text, properties) => h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', ...properties }, text);
