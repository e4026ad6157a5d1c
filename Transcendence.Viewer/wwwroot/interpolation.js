// `$name`, `${name}`, `${name:format}`, `[[name]]` in texts of a dashboard.
// https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/

const pattern = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)((?:\.[^:}]+|\[[^\]]*\])*)(?::([^}]+))?\}/g;

/**
 * @typedef {object} Value What a variable is at the moment.
 * @property {string | string[]} value
 * @property {string} [text] As it is shown.
 * @property {boolean} [multi] Whether it can be many: then it is meant for a regular expression.
 * @property {string} [raw] Written as it is in a query, whatever the format: a custom "all" value.
 */

/** @typedef {(name: string, path: string) => Value | undefined} Scope Finds a variable; undefined leaves the text as it is. */

// A backslash is doubled once more, for it stands between the quotation marks of PromQL.
const escapeRegex = text => String(text).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
const escapePromqlRegex = text => String(text).replace(/\\/g, '\\\\\\\\').replace(/[$^*{}[\]'+?.()|]/g, '\\\\$&');
const escapePromqlString = text => String(text).replace(/\\/g, '\\\\').replace(/"/g, '\\"');

const list = value => (Array.isArray(value) ? value : [value]);
const oneOf = (values, open, separator, close) => (values.length === 1 ? values[0] : `${open}${values.join(separator)}${close}`);

/** @type {Record<string, (values: string[], variable: Value, name: string, argument?: string) => string>} */
const formats = {
  raw: values => values.join(','),
  csv: values => values.join(','),
  pipe: values => values.join('|'),
  regex: values => oneOf(values.map(escapeRegex), '(', '|', ')'),
  glob: values => oneOf(values, '{', ',', '}'),
  json: (values, { value }) => JSON.stringify(value),
  doublequote: values => values.map(value => `"${value.replaceAll('"', '\\"')}"`).join(','),
  singlequote: values => values.map(value => `'${value.replaceAll("'", "\\'")}'`).join(','),
  percentencode: values => encodeURIComponent(oneOf(values, '{', ',', '}')),
  uriencode: values => encodeURI(oneOf(values, '{', ',', '}')),
  queryparam: (values, variable, name) => values.map(value => `var-${name}=${encodeURIComponent(value)}`).join('&'),
  text: (values, { text }) => text ?? values.join(' + '),
  date: (values, variable, name, argument) => {
    const ms = Number(values[0]);
    return argument === 'seconds' ? String(Math.round(ms / 1000)) : new Date(ms).toISOString();
  },
};

/** As a matcher of PromQL wants it: many values as one regular expression. */
function promql(values, { multi }) {
  return multi ? oneOf(values.map(escapePromqlRegex), '(', '|', ')') : escapePromqlString(values.join(','));
}

/**
 * Fills the variables in.
 * @param {string} text
 * @param {Scope} scope
 * @param {'text' | 'promql' | 'url'} [purpose] How a variable without a format of its own is written.
 * @returns {string}
 * @throws {Error} A format that is not known, in a query.
 */
export function interpolate(text, scope, purpose = 'text') {
  return String(text ?? '').replace(pattern, (all, plain, bracket, bracketFormat, braced, path = '', bracedFormat) => {
    const name = plain ?? bracket ?? braced;
    const variable = scope(name, path);
    if (variable === undefined) {
      return all;
    }
    const values = list(variable.value).map(String);
    const [format, argument] = (bracketFormat ?? bracedFormat ?? '').split(/:(.*)/);
    if (variable.raw !== undefined && purpose === 'promql') {
      return variable.raw;
    }
    if (format) {
      if (!Object.hasOwn(formats, format)) {
        if (purpose !== 'promql') {
          return all; // To be seen where it is; a query would answer something else.
        }
        throw new Error(`"${all}": the format "${format}" is not known to this viewer. Known: ${Object.keys(formats).join(', ')}.`);
      }
      return formats[format](values, variable, name, argument);
    }
    switch (purpose) {
      case 'promql': return promql(values, variable);
      case 'url': return encodeURIComponent(oneOf(values, '{', ',', '}'));
      default: return variable.text ?? values.join(' + ');
    }
  });
}

/** The names of the variables that a text uses. @param {string} text @returns {Set<string>} */
export function variablesIn(text) {
  return new Set([...String(text ?? '').matchAll(pattern)].map(([, plain, bracket, , braced]) => plain ?? bracket ?? braced));
}

/** The first scope that knows the name. @param {...(Scope | undefined)} scopes @returns {Scope} */
export function chain(...scopes) {
  return (name, path) => {
    for (const scope of scopes) {
      const found = scope?.(name, path);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  };
}

/** A scope of fixed values. @param {Record<string, string | number | Value>} values @returns {Scope} */
export function scopeOf(values) {
  return name => {
    if (!Object.hasOwn(values, name)) {
      return undefined;
    }
    const value = values[name];
    return typeof value === 'object' ? value : { value: String(value) };
  };
}
