// What the viewer knows of a panel's JSON. Whatever else is in it is named in the panel.

import { calculations } from './calculations.js';
import { matchers } from './fieldconfig.js';
import { isKnownTransformation } from './transformations.js';
import { isKnownUnit } from './units.js';
import { isScale } from './color.js';

// One line for each path: `*` is any one key, `**` all below. After `=` the values that are drawn; others are named.
const common = `
  id
  type
  title
  description
  pluginVersion
  transparent
  gridPos.**
  datasource.**
  cacheTimeout
  queryCachingTTL
  libraryPanel.**
  maxDataPoints
  interval
  timeFrom
  timeShift
  hideTimeOverride
  repeat
  repeatDirection
  maxPerRow
  links.*.title
  links.*.url
  links.*.tooltip
  links.*.type = link
  links.*.icon
  links.*.tags
  links.*.asDropdown
  links.*.targetBlank
  links.*.keepTime
  links.*.includeVars
  targets.*.refId
  targets.*.datasource.**
  targets.*.expr
  targets.*.legendFormat
  targets.*.interval
  targets.*.intervalFactor
  targets.*.instant
  targets.*.range
  targets.*.exemplar
  targets.*.format = time_series|table
  targets.*.hide
  targets.*.step
  targets.*.metric
  targets.*.key
  targets.*.requestId
  targets.*.queryType
  targets.*.utcOffsetSec
  targets.*.editorMode
  targets.*.fullMetaSearch
  targets.*.includeNullMetadata
  targets.*.disableTextWrap
  targets.*.useBackend
  transformations.*.disabled
  transformations.*.topic
  transformations.*.id = @transformation
  transformations.*.options.**
  fieldConfig.defaults.**
  fieldConfig.overrides.*.matcher.id = @matcher
  fieldConfig.overrides.*.matcher.options.**
  fieldConfig.overrides.*.__systemRef
  fieldConfig.overrides.*.properties.**`;

const standardField = `
  unit = @unit
  decimals
  min
  max
  noValue
  displayName
  description
  filterable
  fieldMinMax
  color.mode = thresholds|palette-classic|palette-classic-by-name|fixed|@scale
  color.fixedColor
  color.seriesBy = last|min|max
  thresholds.mode = absolute|percentage
  thresholds.steps.*.value
  thresholds.steps.*.color
  thresholds.steps.*.state
  thresholds.steps.*.index
  mappings.*.id
  mappings.*.type = value|range|regex|special
  mappings.*.options.**
  custom.hideFrom.*`;

const linked = `
  links.*.title
  links.*.url
  links.*.targetBlank`;

const values = `
  options.reduceOptions.calcs.* = @calculation
  options.reduceOptions.fields
  options.reduceOptions.values
  options.reduceOptions.limit
  options.orientation = auto|horizontal|vertical
  options.text.titleSize
  options.text.valueSize`;

/** @type {Record<string, { options: string, custom?: string }>} */
const kinds = {
  timeseries: {
    options: `
      options.legend.displayMode = list|table|hidden
      options.legend.placement = bottom|right
      options.legend.showLegend
      options.legend.calcs.* = @calculation
      options.legend.width
      options.legend.sortBy
      options.legend.sortDesc
      options.tooltip.mode = single|multi|none
      options.tooltip.sort = none|asc|desc
      options.tooltip.hideZeros
      options.tooltip.maxHeight
      options.tooltip.maxWidth
      options.timezone.* = browser`,
    custom: `
      custom.drawStyle = line|bars|points
      custom.lineInterpolation = linear|smooth|stepBefore|stepAfter
      custom.lineWidth
      custom.lineStyle.fill = solid|dash|dot
      custom.lineStyle.dash.*
      custom.fillOpacity
      custom.gradientMode = none|opacity
      custom.showPoints = auto|always|never
      custom.pointSize
      custom.spanNulls
      custom.insertNulls = false
      custom.barAlignment
      custom.barWidthFactor
      custom.barMaxWidth
      custom.transform = negative-Y
      custom.stacking.mode = none|normal|percent
      custom.stacking.group
      custom.axisPlacement = auto|left|right|hidden
      custom.axisLabel
      custom.axisColorMode = text
      custom.axisBorderShow
      custom.axisGridShow
      custom.axisCenteredZero
      custom.axisSoftMin
      custom.axisSoftMax
      custom.axisWidth
      custom.scaleDistribution.type = linear|log
      custom.scaleDistribution.log = 2|10
      custom.thresholdsStyle.mode = off|line|dashed|area|line+area|dashed+area`,
  },
  stat: {
    options: `${values}
      options.colorMode = value|background|background_solid|none
      options.graphMode = none|area
      options.justifyMode = auto|center
      options.textMode = auto|value|name|value_and_name|none
      options.wideLayout = true
      options.percentChangeColorMode = standard
      options.showPercentChange = false`,
    custom: linked,
  },
  gauge: {
    options: `${values}
      options.showThresholdLabels
      options.showThresholdMarkers
      options.minVizHeight
      options.minVizWidth
      options.sizing = auto`,
    custom: linked,
  },
  bargauge: {
    options: `${values}
      options.displayMode = basic|gradient|lcd
      options.valueMode = color|text|hidden
      options.namePlacement = auto|top|left|hidden
      options.showUnfilled
      options.minVizHeight
      options.minVizWidth
      options.maxVizHeight
      options.sizing = auto
      options.legend.showLegend = false
      options.legend.displayMode
      options.legend.placement
      options.legend.calcs.*`,
    custom: linked,
  },
  table: {
    options: `
      options.showHeader
      options.cellHeight = sm|md|lg
      options.frameIndex
      options.sortBy.*.displayName
      options.sortBy.*.desc
      options.footer.show = false
      options.footer.reducer.*
      options.footer.fields
      options.footer.countRows`,
    custom: `${linked}
      custom.align = auto|left|center|right
      custom.cellOptions.type = auto|color-text|color-background|gauge
      custom.cellOptions.mode = basic|gradient
      custom.displayMode = auto
      custom.width
      custom.minWidth
      custom.hidden
      custom.inspect = false
      custom.filterable = false`,
  },
  text: {
    options: `
      options.mode = markdown|code
      options.content
      options.code.**`,
  },
  row: { options: `
      collapsed
      panels.**` },
};

// The options of transformations; what has none is not listed.
const transformationOptions = {
  organize: 'excludeByName.**\nindexByName.**\nrenameByName.**\nincludeByName.**',
  sortBy: 'fields.**\nsort.0.field\nsort.0.desc',
  filterFieldsByName: 'include.names.*\ninclude.pattern\nexclude.names.*\nexclude.pattern',
  filterByRefId: 'include',
  labelsToFields: 'mode = columns|rows\nkeepLabels.*\nvalueLabel',
  joinByField: 'byField\nmode = outer|inner',
  seriesToColumns: 'byField\nmode = outer|inner',
  reduce: 'reducers.* = @calculation\nmode = seriesToRows|reduceFields\nlabelsToFields',
  limit: 'limitField',
};

const lists = {
  transformation: isKnownTransformation,
  matcher: id => Object.hasOwn(matchers, id),
  unit: isKnownUnit,
  calculation: id => Object.hasOwn(calculations, id),
  scale: isScale,
};

const rules = new Map();

function rulesOf(text) {
  if (!rules.has(text)) {
    rules.set(text, text.split('\n').map(line => line.trim()).filter(Boolean).map(line => {
      const [path, allowed] = line.split(' = ');
      const expression = path.split('.').map(part => (part === '**' ? '.*' : part === '*' ? '[^.]+' : part.replace(/\W/g, '\\$&'))).join('\\.').replace('\\..*', '(?:\\..*)?');
      return { expression: new RegExp(`^${expression}$`, 's'), allowed: allowed?.split('|') };
    }));
  }
  return rules.get(text);
}

/** Values that switch nothing on. */
const unset = value => value === null || value === undefined || value === false || value === '';

function* leaves(value, path = '') {
  if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) {
      // A dot in a name is part of the name.
      yield* leaves(inner, path ? `${path}.${key.replaceAll('.', '·')}` : key.replaceAll('.', '·'));
    }
  } else {
    yield [path, value];
  }
}

function check(value, text) {
  const unknown = new Set();
  for (const [path, leaf] of leaves(value)) {
    const found = rulesOf(text).find(({ expression }) => expression.test(path));
    // What is off is not missed, unless it is drawn as if it were on.
    if (unset(leaf) && !(leaf === false && found?.allowed?.includes('true'))) {
      continue;
    }
    const named = path.replace(/\.\d+(?=\.|$)/g, '[]');
    if (!found) {
      unknown.add(named);
    } else if (found.allowed && !found.allowed.some(one => (one.startsWith('@') ? lists[one.slice(1)](leaf) : one === String(leaf)))) {
      unknown.add(`${named}: ${leaf}`);
    }
  }
  return unknown;
}

/**
 * Options, values and transformations of a panel that this viewer does not draw.
 * @param {any} panel As in the dashboard's file.
 * @returns {string[]} Their paths, with the value where it is the value that is not known.
 */
export function unknownOptions(panel) {
  const kind = kinds[panel.type];
  if (!kind) {
    return [];
  }
  const fields = `${standardField}\n${kind.custom ?? ''}`;
  const unknown = check(panel, `${common}\n${kind.options}`);
  for (const path of check(panel.fieldConfig?.defaults ?? {}, fields)) {
    unknown.add(`fieldConfig.defaults.${path}`);
  }
  for (const { id, value } of (panel.fieldConfig?.overrides ?? []).flatMap(({ properties = [] }) => properties)) {
    const nested = id.split('.').reduceRight((inner, key) => ({ [key]: inner }), value);
    for (const path of check(nested, fields)) {
      unknown.add(`fieldConfig.overrides[]: ${path}`);
    }
  }
  for (const { id, options } of (panel.transformations ?? []).filter(({ id: known }) => isKnownTransformation(known))) {
    for (const path of check(options ?? {}, transformationOptions[id] ?? '')) {
      unknown.add(`transformations[] ${id}: ${path}`);
    }
  }
  return [...unknown];
}
