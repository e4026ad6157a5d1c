// What a provisioned dashboard may contain: Grafana's own types (grafana-schema), put together more tightly than Grafana
// does, which leaves the options of a panel, its queries and its overrides open. A misspelt option is an error here.
import type * as schema from '@grafana/schema';
import type * as barGauge from '@grafana/schema/raw/composable/bargauge/panelcfg/x/types.gen';
import type * as gauge from '@grafana/schema/raw/composable/gauge/panelcfg/x/types.gen';
import type * as stat from '@grafana/schema/raw/composable/stat/panelcfg/x/types.gen';
import type * as table from '@grafana/schema/raw/composable/table/panelcfg/x/types.gen';
import type * as text from '@grafana/schema/raw/composable/text/panelcfg/x/types.gen';
import type * as timeSeries from '@grafana/schema/raw/composable/timeseries/panelcfg/x/types.gen';

/** A type as JSON has it: the members of a string enum are their values. */
type Json<T> =
  unknown extends T ? T
  : T extends string ? (string extends T ? T : `${T}`)
  : T extends number | boolean | null | undefined ? T
  : T extends Array<infer Item> ? Array<Json<Item>>
  : { [Key in keyof T]: Json<T[Key]> };

type DataSource = { type: 'prometheus'; uid: string };

/** Grafana's query model of the data source prometheus (PromQuery); @grafana/schema has none of it. */
interface PrometheusQuery {
  refId: string;
  datasource: DataSource;
  expr: string;
  editorMode?: 'code' | 'builder';
  exemplar?: boolean;
  format?: 'time_series' | 'table' | 'heatmap';
  hide?: boolean;
  instant?: boolean;
  interval?: string;
  legendFormat?: string;
  range?: boolean;
}

/** The documented transformations that ours use, with their options. */
type Transformation =
  | { id: 'merge'; options: Record<never, never> }
  | {
      id: 'organize';
      options: { excludeByName: Record<string, boolean>; indexByName: Record<string, number>; renameByName: Record<string, string> };
    };

type Custom<C> = [C] extends [never] ? { custom?: never } : { custom?: Json<Partial<C>> };
type FieldDefaults = Json<Omit<schema.FieldConfig, 'custom'>>;

/** An override names an option by its path, and gives what that option takes. */
type Property<C> =
  | { [Key in keyof FieldDefaults]-?: { id: Key; value: NonNullable<FieldDefaults[Key]> } }[keyof FieldDefaults]
  | ([C] extends [never] ? never : { [Key in keyof C & string]-?: { id: `custom.${Key}`; value: NonNullable<Json<C[Key]>> } }[keyof C & string]);

interface FieldConfig<C> {
  defaults: FieldDefaults & Custom<C>;
  overrides: Array<{ matcher: { id: 'byName' | 'byRegexp' | 'byType' | 'byFrameRefID'; options: string }; properties: Array<Property<C>> }>;
}

type Common = Json<Pick<schema.Panel, 'description' | 'interval' | 'links' | 'maxDataPoints' | 'pluginVersion' | 'timeFrom' | 'timeShift' | 'transparent'>> & {
  id: number;
  title: string;
  gridPos: schema.GridPos;
};

type Visualization<Type extends string, Options, C = never> = Common & {
  type: Type;
  datasource: DataSource;
  targets: PrometheusQuery[];
  transformations?: Transformation[];
  options: Json<Options>;
  fieldConfig: FieldConfig<C>;
};

type Panel =
  | Visualization<'timeseries', timeSeries.Options, timeSeries.FieldConfig>
  | Visualization<'stat', stat.Options>
  | Visualization<'gauge', gauge.Options>
  | Visualization<'bargauge', barGauge.Options>
  | Visualization<'table', table.Options, table.FieldConfig>
  | (Common & { type: 'text'; options: Json<text.Options> });

type Row = Json<Omit<schema.RowPanel, 'panels' | 'gridPos' | 'title'>> & { title: string; gridPos: schema.GridPos; panels: Panel[] };

type Variable = Json<Omit<schema.VariableModel, 'type' | 'query' | 'datasource' | 'current'>> & {
  current: { text: string; value: string; selected?: boolean } | { text: string[]; value: string[]; selected?: boolean };
  /** Grafana writes it beside the query, for its list of variables. */
  definition?: string;
} & (
    | { type: 'datasource'; query: string }
    | { type: 'textbox'; query: string }
    | { type: 'query'; datasource: DataSource; query: { qryType: number; query: string; refId: string } }
  );

/** An annotation of the data source prometheus: its documentation, "Annotations". */
type Annotation = Json<Omit<schema.AnnotationQuery, 'datasource' | 'target'>> & {
  datasource: DataSource;
  expr: string;
  step?: string;
  tagKeys?: string;
  textFormat?: string;
  titleFormat?: string;
  useValueForTime?: boolean;
};

export type Dashboard = Json<Omit<schema.Dashboard, 'annotations' | 'panels' | 'templating' | 'uid' | 'title'>> & {
  annotations: { list: Annotation[] };
  uid: string;
  title: string;
  panels: Array<Panel | Row>;
  templating: { list: Variable[] };
};
