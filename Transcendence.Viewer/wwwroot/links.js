// Links of dashboards, panels and values.

import { h } from './shared/dom.js';
import { chain, interpolate } from './interpolation.js';
import { display, fieldScope } from './fieldconfig.js';

/**
 * An address that may be followed: http, https, mailto, or one of ours. Anything else (`javascript:`) is not made a link.
 * @param {string} url
 * @returns {string | null}
 */
export function safeUrl(url) {
  try {
    const { protocol } = new URL(url, location.href);
    return ['http:', 'https:', 'mailto:'].includes(protocol) ? url : null;
  } catch {
    return null;
  }
}

/**
 * A link element, or plain text where the address may not be followed.
 * @param {{ url: string, title?: string, targetBlank?: boolean, tooltip?: string }} link
 * @param {string} [className]
 */
export function anchor({ url, title, targetBlank, tooltip }, className) {
  const href = safeUrl(url);
  const text = title || url;
  if (!href) {
    return h('span', { class: className, title: 'This address is not followed: only http, https and mailto are.' }, text);
  }
  return h('a', { class: className, href, title: tooltip || undefined, target: targetBlank ? '_blank' : undefined, rel: targetBlank ? 'noopener' : undefined }, text);
}

/**
 * The links of one value (`fieldConfig.links`).
 * @param {import('./frames.js').Field} f
 * @param {number} row
 * @param {import('./frames.js').Field[]} fields All of its row.
 * @param {import('./interpolation.js').Scope} scope
 */
export function dataLinks(f, row, fields, scope) {
  const value = f.values[row];
  const time = fields.find(({ type }) => type === 'time')?.values[row];
  const valueScope = (name, path) => {
    if (name === '__value') {
      return { value: path === '.time' ? String(time ?? '') : path === '.text' ? display(f, value).full : String(value ?? '') };
    }
    if (name === '__data') {
      const [, plain, quoted] = /^\.fields(?:\.(.+)|\["?(.+?)"?\])$/.exec(path) ?? [];
      const other = fields.find((candidate, i) => candidate.name === (plain ?? quoted) || candidate.title === (plain ?? quoted) || String(i) === (plain ?? quoted));
      return { value: String(other?.values[row] ?? '') };
    }
    return undefined;
  };
  const known = chain(valueScope, fieldScope(f), scope);
  return (f.config.links ?? []).filter(({ url }) => url).map(({ url, title, targetBlank }) =>
    ({ url: interpolateUrl(url, known), title: interpolate(title ?? '', known), targetBlank }));
}

/** The variables of an address, each value encoded; those that are parameters already are taken as they are. */
export function interpolateUrl(url, scope) {
  const asIs = name => (['__url_time_range', '__all_variables'].includes(name) ? scope(name, '') : undefined);
  const whole = url.replace(/\$\{?(__url_time_range|__all_variables)\}?/g, (all, name) => asIs(name)?.value ?? all);
  // An address that starts with a variable is the variable's.
  return interpolate(whole, scope, /^\$\{__(value|data)/.test(whole) ? 'text' : 'url');
}

/**
 * The link of a panel or a dashboard, with the range and the variables where it asks for them.
 * @param {any} link
 * @param {import('./interpolation.js').Scope} scope
 */
export function pageLink({ url = '', title, tooltip, targetBlank, keepTime, includeVars }, scope) {
  const parameters = [keepTime && '${__url_time_range}', includeVars && '${__all_variables}'].filter(Boolean).join('&');
  return {
    url: interpolateUrl(parameters ? `${url}${url.includes('?') ? '&' : '?'}${parameters}` : url, scope),
    title: interpolate(title ?? '', scope), tooltip: interpolate(tooltip ?? '', scope), targetBlank,
  };
}
