// Colours by Grafana's names, and scales of them.

// Five shades of each hue, the lightest first. The names are Grafana's, so that a dashboard looks here as there.
const hues = {
  red: ['#FFA6B0', '#FF7383', '#F2495C', '#E02F44', '#C4162A'],
  orange: ['#FFCB7D', '#FFB357', '#FF9830', '#FF780A', '#FA6400'],
  yellow: ['#FFF899', '#FFEE52', '#FADE2A', '#F2CC0C', '#E0B400'],
  green: ['#C8F2C2', '#96D98D', '#73BF69', '#56A64B', '#37872D'],
  blue: ['#C0D8FF', '#8AB8FF', '#5794F2', '#3274D9', '#1F60C4'],
  purple: ['#DEB6F2', '#CA95E5', '#B877D9', '#A352CC', '#8F3BB8'],
};
const shades = ['super-light-', 'light-', '', 'semi-dark-', 'dark-'];
const named = new Map(Object.entries(hues).flatMap(([hue, colors]) => colors.map((color, i) => [`${shades[i]}${hue}`, color])));

/** The colours that series get in turn ("palette-classic"). */
const palette = [
  'green', 'semi-dark-yellow', 'light-blue', 'semi-dark-orange', 'red', 'blue', 'purple', '#705DA0', 'dark-green', 'yellow', '#447EBC', '#C15C17',
  '#890F02', '#0A437C', '#6D1F62', '#584477', 'light-green', 'super-light-orange', 'super-light-blue', 'light-red', 'light-purple', 'dark-blue', 'dark-red', 'dark-purple',
];

/** Modes whose colour follows from where the value is between min and max. */
const scales = {
  'continuous-GrYlRd': ['green', 'yellow', 'red'],
  'continuous-RdYlGr': ['red', 'yellow', 'green'],
  'continuous-BlYlRd': ['dark-blue', 'super-light-yellow', 'dark-red'],
  'continuous-YlRd': ['super-light-yellow', 'dark-red'],
  'continuous-BlPu': ['blue', 'purple'],
  'continuous-YlBl': ['super-light-yellow', 'dark-blue'],
  'continuous-blues': ['#20303c', 'dark-blue', 'super-light-blue'],
  'continuous-reds': ['#3c2020', 'dark-red', 'super-light-red'],
  'continuous-greens': ['#203c24', 'dark-green', 'super-light-green'],
  'continuous-purples': ['#30203c', 'dark-purple', 'super-light-purple'],
};

/**
 * A colour as the browser reads it.
 * @param {string | undefined} name
 */
export function cssColor(name) {
  if (!name) {
    return named.get('green');
  }
  if (name === 'text') {
    return token('--text');
  }
  return named.get(name) ?? name;
}

/** @param {number} index */
export function paletteColor(index) {
  return cssColor(palette[index % palette.length]);
}

/** @param {string} mode */
export function isScale(mode) {
  return Object.hasOwn(scales, mode);
}

/** @param {string} mode @param {number} ratio From 0 to 1. */
export function scaleColor(mode, ratio) {
  const stops = scales[mode].map(cssColor);
  const position = Math.min(1, Math.max(0, Number.isFinite(ratio) ? ratio : 0)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(position));
  return toHex(mix(parse(stops[index]), parse(stops[index + 1]), position - index));
}

/** @param {string} color @param {number} alpha From 0 to 1. */
export function withAlpha(color, alpha) {
  const [r, g, b, a] = parse(cssColor(color));
  return `rgba(${r}, ${g}, ${b}, ${Math.round(a * alpha * 1000) / 1000})`;
}

/** The value of a design token. @param {string} name */
export function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/**
 * The colour, darker or lighter until text of it can be read on a background (WCAG 2.2, 1.4.3).
 * @param {string} color
 * @param {string} background
 * @param {number} [contrast] 3 for large text.
 */
export function readable(color, background, contrast = 3) {
  const ground = parse(background);
  const goal = luminance(ground) > 0.4 ? [0, 0, 0, 1] : [255, 255, 255, 1];
  const start = parse(cssColor(color));
  let result = start;
  for (let part = 0; part <= 1 && ratio(result, ground) < contrast; part += 0.05) {
    result = mix(start, goal, part);
  }
  return toHex(result);
}

/** Black or white, whichever is better to read on a background. @param {string} background */
export function textOn(background) {
  const ground = parse(cssColor(background));
  return ratio([255, 255, 255, 1], ground) >= ratio([0, 0, 0, 1], ground) * 0.7 ? '#ffffff' : '#101318';
}

function ratio(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([r, g, b]) {
  const linear = value => { const v = value / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

const mix = (a, b, part) => a.map((value, i) => (i === 3 ? value + (b[3] - value) * part : Math.round(value + (b[i] - value) * part)));
const toHex = ([r, g, b]) => `#${[r, g, b].map(n => n.toString(16).padStart(2, '0')).join('')}`;

const parsed = new Map();
let canvas;

/** The parts of any colour that CSS knows. @returns {[number, number, number, number]} */
function parse(color) {
  const known = parsed.get(color);
  if (known) {
    return known;
  }
  const hex = /^#([0-9a-f]{6})$/i.exec(color);
  let parts;
  if (hex) {
    parts = [0, 2, 4].map(i => parseInt(hex[1].slice(i, i + 2), 16)).concat(1);
  } else {
    canvas ??= Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = '#808080'; // What is no colour leaves it.
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    parts = [r, g, b, a / 255];
  }
  parsed.set(color, parts);
  return parts;
}
