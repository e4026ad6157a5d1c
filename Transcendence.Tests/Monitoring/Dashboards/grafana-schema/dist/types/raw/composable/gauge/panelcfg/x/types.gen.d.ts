import * as common from '@grafana/schema';
export declare const pluginVersion = "13.2.2";
export interface GaugePanelEffects {
    barGlow?: boolean;
    centerGlow?: boolean;
    gradient?: boolean;
}
export declare const defaultGaugePanelEffects: Partial<GaugePanelEffects>;
export interface Options extends common.SingleStatBaseOptions {
    barShape: ('flat' | 'rounded');
    barWidthFactor: number;
    effects: GaugePanelEffects;
    endpointMarker?: ('point' | 'glow' | 'none');
    minVizHeight: number;
    minVizWidth: number;
    neutral?: number;
    segmentCount: number;
    segmentSpacing: number;
    shape: ('circle' | 'gauge');
    showThresholdLabels: boolean;
    showThresholdMarkers: boolean;
    sizing: common.BarGaugeSizing;
    sparkline?: boolean;
    textMode?: ('auto' | 'value_and_name' | 'value' | 'name' | 'none');
}
export declare const defaultOptions: Partial<Options>;
