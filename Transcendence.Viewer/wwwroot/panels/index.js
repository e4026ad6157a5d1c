// What the viewer can draw, by Grafana's names of panel types.

import { TimeseriesPanel } from './timeseries.js';
import { StatPanel } from './stat.js';
import { GaugePanel } from './gauge.js';
import { BarGaugePanel } from './bargauge.js';
import { TablePanel } from './table.js';
import { TextPanel } from './text.js';

/** @type {Record<string, new (panel: import('../panel.js').Panel) => import('../panel.js').View>} */
export const views = {
  timeseries: TimeseriesPanel, stat: StatPanel, gauge: GaugePanel, bargauge: BarGaugePanel, table: TablePanel, text: TextPanel,
};
