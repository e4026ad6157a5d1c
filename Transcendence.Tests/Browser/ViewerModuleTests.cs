namespace Transcendence.Tests.Browser;

/// <summary>The parts of the viewer's page that are functions only, in the browser that runs them.</summary>
public sealed class ViewerModuleTests(ChromiumBrowser browser, ViewerSite site) : IClassFixture<ChromiumBrowser>, IClassFixture<ViewerSite>
{
    [BrowserFact]
    public Task ValuesHaveUnits() => HoldAsync("units.js", "({ formatValue: f }) => expect => {", """
          expect(f(1234, 'short'), '1.23 K'); expect(f(0, 'short'), '0'); expect(f(2_500_000, 'short', 1), '2.5 Mil'); expect(f(-1500, 'short'), '-1.5 K');
          expect(f(0.1234567, 'none'), '0.123'); expect(f(12.3456, 'none'), '12.3'); expect(f(123.456, 'none'), '123'); expect(f(1234.5, 'none'), '1235');
          expect(f(12.5, 'percent'), '12.5%'); expect(f(0.125, 'percentunit'), '12.5%'); expect(f(0, 'percentunit', 2), '0.00%');
          expect(f(0.0031, 's'), '3.1 ms'); expect(f(1, 's'), '1 s'); expect(f(90, 's'), '1.5 mins'); expect(f(60, 's'), '1 min'); expect(f(86_400 * 2, 's'), '2 days');
          expect(f(250, 'ms'), '250 ms'); expect(f(0.5, 'ms'), '500 µs'); expect(f(0, 's'), '0 s'); expect(f(0.1 + 0.2 - 0.3 + 1e-3, 's'), '1 ms');
          expect(f(1024, 'bytes'), '1 KiB'); expect(f(1536 * 1024, 'bytes'), '1.5 MiB'); expect(f(1000, 'decbytes'), '1 kB'); expect(f(2e6, 'Bps'), '2 MB/s'); expect(f(512, 'bytes'), '512 B');
          expect(f(3.14159, 'reqps'), '3.14 req/s'); expect(f(12_000, 'ops'), '12 K ops/s'); expect(f(1, 'cps'), '1 c/s');
          expect(f(1, 'bool'), 'True'); expect(f(0, 'bool_yes_no'), 'No'); expect(f(0, 'bool:open/shut'), 'shut');
          expect(f(3, 'suffix: apples'), '3 apples'.replace(' ', '  ')); expect(f(3, 'prefix:#'), '#3'); expect(f(7, 'widgets'), '7 widgets');
          expect(f(NaN, 's'), 'NaN s'); expect(f(Infinity, 'none'), '+Inf');
          expect(f(Date.parse('2026-11-22T18:30:00'), 'dateTimeAsIso'), '2026-11-22 18:30:00'); expect(f(3725, 'dthms'), '01:02:05'); expect(f(3725, 'dtdurations', 2), '1 hour, 2 minutes, 5 seconds');
        """);

    [BrowserFact]
    public Task TimesAreReadAsGrafanaWritesThem() => HoldAsync("timerange.js", "({ parseTime: t, parseDuration: d, formatDuration, resolveRange, zoomOut, describeRange }) => expect => {", """
          const now = Date.parse('2026-11-22T18:30:15');
          expect(t('now', now, false), now); expect(t('now-1h', now, false), now - 3_600_000); expect(t('now-1h-30m', now, false), now - 5_400_000);
          expect(t('now/d', now, false), Date.parse('2026-11-22T00:00:00')); expect(t('now/d', now, true), Date.parse('2026-11-23T00:00:00') - 1);
          expect(t('now-1d/d', now, false), Date.parse('2026-11-21T00:00:00')); expect(t('now/w', now, false), Date.parse('2026-11-16T00:00:00'));
          expect(t('1795372215000', now, false), 1795372215000); expect(t('2026-11-22 18:00:00', now, false), Date.parse('2026-11-22T18:00:00')); expect(t('yesterday', now, false), NaN);
          expect(d('15s'), 15_000); expect(d('1m30s'), 90_000); expect(d('500ms'), 500); expect(d('>1m'), 60_000); expect(d('10'), 10_000); expect(d('soon'), null); expect(d(''), null);
          expect(formatDuration(60_000), '1m'); expect(formatDuration(90_000), '90s'); expect(formatDuration(500), '500ms'); expect(formatDuration(86_400_000), '1d');
          expect(resolveRange({ from: 'now', to: 'now-1h' }, now), null);
          expect(zoomOut({ from: now - 1000, to: now }, now), { from: String(now - 2000), to: String(now) });
          expect(describeRange({ from: 'now-6h', to: 'now' }), 'Last 6 hours'); expect(describeRange({ from: 'now-1m', to: 'now' }), 'Last 1 minute'); expect(describeRange({ from: 'now-90s', to: 'now' }), 'Last 90 seconds'); expect(describeRange({ from: 'now-7h', to: 'now-1h' }), 'now-7h to now-1h');
        """);

    [BrowserFact]
    public Task StepsAndRateIntervalsAreThoseOfGrafana() => HoldAsync("timerange.js", "({ calculateStep, alignRange }) => expect => {", """
          const hours = n => ({ from: 0, to: n * 3_600_000 });
          const step = (more) => { const s = calculateStep({ range: hours(6), maxDataPoints: 1000, scrapeIntervalMs: 15_000, maxPoints: 11_000, ...more }); return [s.stepMs / 1000, s.rateIntervalMs / 1000]; };
          expect(step({}), [20, 60]);                                   // 21.6 s is rounded to 20 s; four scrapes
          expect(step({ range: hours(1) }), [15, 60]);                  // not below the scrape interval
          expect(step({ range: hours(24) }), [60, 75]);                 // one step and one scrape
          expect(step({ range: hours(24 * 7) }), [600, 615]);
          expect(step({ minStepMs: 60_000 }), [60, 240]);               // the query's own min step counts as scrape interval
          expect(step({ panelIntervalMs: 120_000 }), [120, 135]);
          expect(step({ intervalFactor: 2 }), [40, 60]);
          expect(step({ maxDataPoints: 1e6, scrapeIntervalMs: 10, range: hours(24) })[0] >= 86_400 / 10_999, true); // never more points than are given
          expect(alignRange({ from: 61_000, to: 119_000 }, 15_000), { from: 60_000, to: 105_000 });
        """);

    [BrowserFact]
    public Task VariablesAreFilledInAsForPrometheus() => HoldAsync("interpolation.js", "({ interpolate, scopeOf, variablesIn }) => expect => {", """
          const scope = scopeOf({
            one: { value: 'a.b' }, many: { value: ['a.b', 'c'], text: 'a.b + c', multi: true }, single: { value: ['a.b'], multi: true }, everything: { value: ['a', 'b'], text: 'All', multi: true, raw: '.*' },
            quote: { value: 'say "x"' }, __from: 1795372215000, __interval: '20s',
          });
          const q = text => interpolate(text, scope, 'promql');
          expect(q('x{a="$one"}'), 'x{a="a.b"}'); expect(q('x{a=~"$many"}'), 'x{a=~"(a\\\\.b|c)"}'); expect(q('x{a=~"${single}"}'), 'x{a=~"a\\\\.b"}'); expect(q('x{a=~"[[everything]]"}'), 'x{a=~".*"}');
          expect(q('x{a="$quote"}'), 'x{a="say \\"x\\""}'); expect(q('rate(x[$__interval])'), 'rate(x[20s])'); expect(q('$unknown $'), '$unknown $'); expect(q('${one}s $ones'), 'a.bs $ones');
          expect(q('${many:pipe} ${many:csv} ${many:regex} ${many:glob} ${many:json} ${many:doublequote} ${many:queryparam}'),
            'a.b|c a.b,c (a\\.b|c) {a.b,c} ["a.b","c"] "a.b","c" var-many=a.b&var-many=c');
          expect(interpolate('$many / $everything', scope), 'a.b + c / All'); expect(interpolate('?x=$quote', scope, 'url'), '?x=say%20%22x%22');
          expect(q('${__from:date:seconds} ${__from:date:iso}'), '1795372215 ' + new Date(1795372215000).toISOString());
          let message = ''; try { q('${one:sideways}'); } catch (e) { message = e.message; } expect(/sideways/.test(message), true); expect(interpolate('${one:sideways}', scope), '${one:sideways}');
          expect([...variablesIn('$a ${b:csv} [[c]] $$')], ['a', 'b', 'c']);
        """);

    [BrowserFact]
    public Task ChoicesOfVariablesAreCutAndSorted() => HoldAsync("variables.js", "({ filtered, sorted, splitCustom }) => expect => {", """
          const values = options => options.map(o => o.value);
          expect(values(filtered(['node-1:9100', 'node-2:9100', 'other'], '/node-(\\d+):.*/')), ['1', '2']);
          expect(filtered(['up{job="x"} 1'], '/job="(?<text>[^"]+)"} (?<value>.*)/'), [{ text: 'x', value: '1' }]);
          expect(values(filtered(['a', 'b', 'a'], '')), ['a', 'b']); expect(values(filtered(['abc', 'b'], 'b')), ['b']);
          const o = texts => texts.map(text => ({ text, value: text }));
          expect(values(sorted(o(['b10', 'a', 'b9']), 1)), ['a', 'b10', 'b9']); expect(values(sorted(o(['b10', 'b9']), 3)), ['b9', 'b10']); expect(values(sorted(o(['b', 'A', 'c']), 5)), ['A', 'b', 'c']);
          expect(values(sorted(o(['x2', 'x10']), 'naturalDesc')), ['x10', 'x2']); expect(values(sorted(o(['z', 'a']), 0)), ['z', 'a']);
          expect(splitCustom('a, b\\,c, Long name : v'), [{ text: 'a', value: 'a' }, { text: 'b,c', value: 'b,c' }, { text: 'Long name', value: 'v' }]);
        """);

    [BrowserFact]
    public Task CalculationsPassOverWhatIsNoValue() => HoldAsync("calculations.js", "({ reduce: r }) => expect => {", """
          const v = [NaN, 1, 4, NaN, 2, NaN];
          expect(['lastNotNull', 'last', 'firstNotNull', 'min', 'max', 'mean', 'sum', 'count', 'range', 'diff', 'delta', 'median'].map(id => r(id, v)), [2, null, 1, 1, 4, 7 / 3, 7, 6, 3, 1, 5, 2]);
          expect(['lastNotNull', 'min', 'mean', 'sum', 'range', 'stdDev'].map(id => r(id, [NaN])), [null, null, null, null, null, null]);
          expect(r('stdDev', [2, 4, 4, 4, 5, 5, 7, 9]), 2); expect(r('changeCount', [1, 1, 2]), 1); expect(r('max', Float64Array.of(1, Infinity)), Infinity);
        """);

    [BrowserFact]
    public Task TransformationsReshapeTables() => HoldAsync("transformations.js", "({ transform }, { field, frame }) => expect => {", """
          const table = (ref, name, rows) => frame(ref, [field('Time', 'time', rows.map(() => 5)), field('route', 'string', rows.map(r => r[0])), field(name, 'number', rows.map(r => r[1]))]);
          const show = frames => frames.map(f => Object.fromEntries(f.fields.map(c => [c.title ?? c.name, [...c.values]])));
          const two = () => [table('A', 'Value #A', [['/a', 1], ['/b', 2]]), table('B', 'Value #B', [['/b', 20], ['/c', 30]])];
          expect(show(transform(two(), [{ id: 'merge' }])), [{ Time: [5, 5, 5], route: ['/a', '/b', '/c'], 'Value #A': [1, 2, null], 'Value #B': [null, 20, 30] }]);
          const organize = { id: 'organize', options: { excludeByName: { Time: true }, indexByName: { route: 1, 'Value #A': 0 }, renameByName: { 'Value #A': 'Requests' } } };
          const organized = transform(two(), [{ id: 'merge' }, organize])[0].fields.map(f => f.name);
          expect(organized, ['Requests', 'route', 'Value #B']);
          expect(show(transform(two(), [{ id: 'joinByField', options: { byField: 'route', mode: 'inner' } }, { id: 'filterFieldsByName', options: { include: { names: ['route', 'Value #A', 'Value #B'] } } }])), [{ route: ['/b'], 'Value #A': [2], 'Value #B': [20] }]);
          expect(show(transform([two()[0]], [{ id: 'sortBy', options: { sort: [{ field: 'Value #A', desc: true }] } }]))[0].route, ['/b', '/a']);
          expect(show(transform([two()[0]], [{ id: 'limit', options: { limitField: 1 } }]))[0].route, ['/a']);
          const series = job => frame('A', [field('Time', 'time', [1, 2]), field('Value', 'number', [3, 4], { labels: { job }, title: job })]);
          expect(show(transform([series('x'), series('y')], [{ id: 'labelsToFields' }])), [{ Time: [1, 2, 1, 2], job: ['x', 'x', 'y', 'y'], Value: [3, 4, 3, 4] }]);
          expect(show(transform([series('x'), series('y')], [{ id: 'reduce', options: { reducers: ['max', 'mean'] } }])), [{ Field: ['x', 'y'], Max: [4, 4], Mean: [3.5, 3.5] }]);
          expect(show(transform(two(), [{ id: 'merge', disabled: true }])).length, 2); expect(show(transform(two(), [{ id: 'nobodyKnows' }])).length, 2);
        """, "frames.js");

    [BrowserFact]
    public Task FieldsAreShownAsConfigured() => HoldAsync("fieldconfig.js", "({ applyFieldConfig, display, thresholds, seriesColor }, { field, frame, displayName, seriesTitles }) => expect => {", """
          const make = config => { const f = field('Value', 'number', [0, 50, 100], { title: 'cpu', labels: { job: 'x' } }); applyFieldConfig([frame('A', [f])], config); return f; };
          const mappings = [
            { type: 'value', options: { 0: { text: 'Down', color: 'red' } } }, { type: 'range', options: { from: 40, to: 60, result: { text: 'half' } } },
            { type: 'special', options: { match: 'null+nan', result: { text: 'none' } } }, { type: 'regex', options: { pattern: '/^b(.*)/', result: { text: '$1' } } },
          ];
          const mapped = make({ defaults: { mappings, unit: 'percent', noValue: '-' } });
          expect([0, 50, 100, null, NaN, 'bee'].map(v => display(mapped, v).full), ['Down', 'half', '100%', 'none', 'none', 'ee']);
          expect(display(make({ defaults: { noValue: 'No data' } }), null).full, 'No data');
          const steps = [{ color: 'green', value: null }, { color: '#ff0000', value: 80 }];
          const f = make({ defaults: { color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps } } });
          expect([79, 80].map(v => display(f, v).color), ['#73BF69', '#ff0000']); expect(seriesColor(f), '#ff0000');
          expect(thresholds(make({ defaults: { min: 0, max: 50, thresholds: { mode: 'percentage', steps } } }))[1].value, 40);
          const override = (matcher, options) => make({ defaults: { unit: 's' }, overrides: [{ matcher: { id: matcher, options }, properties: [{ id: 'custom.lineWidth', value: 3 }, { id: 'displayName', value: 'of ${__field.labels.job}' }] }] });
          for (const [matcher, options] of [['byName', 'cpu'], ['byRegexp', '/^c/'], ['byType', 'number'], ['byFrameRefID', 'A'], ['byNames', { names: ['cpu'] }]]) {
            expect([matcher, override(matcher, options).config.custom.lineWidth, displayName(override(matcher, options))], [matcher, 3, 'of x']);
          }
          expect(override('byName', 'other').config.custom.lineWidth, undefined); expect(override('byName', 'cpu').config.unit, 's');
          const titles = (format, ...labels) => seriesTitles(labels.map(l => ({ labels: l })), { legendFormat: format, expr: 'e' });
          expect(titles('{{ job }}!', { job: 'x' }), ['x!']); expect(titles('', { __name__: 'up', job: 'x' }), ['up{job="x"}']); expect(titles('', {}), ['e']);
          expect(titles('__auto', { job: 'x' }, { job: 'y' }), ['x', 'y']); expect(titles('__auto', { a: '1', b: '2' }), ['{a="1", b="2"}']);
        """, "frames.js");

    [BrowserFact]
    public Task SeriesStackAndShareTheirTimes() => HoldAsync("panels/series.js", "({ chartSeries, drawable, stack }, { field, frame }) => expect => {", """
          const of = (times, values) => frame('A', [field('Time', 'time', times.map(s => s * 1000)), field('Value', 'number', values, { config: { custom: {} } })]);
          const joined = chartSeries([of([1, 3], [10, 30]), of([2, 3], [2, 3])]);
          expect([...joined.times], [1, 2, 3]); expect([...joined.series[0].values], [10, undefined, 30]); expect([...joined.series[1].values], [undefined, 2, 3]);
          expect(drawable([1, NaN, undefined, Infinity], [0, 1, 2, 3]), [1, null, undefined, null]);
          expect(drawable([1, NaN, 2, NaN, NaN, NaN, 3], [0, 1, 2, 3, 4, 5, 6], 2000), [1, undefined, 2, null, null, null, 3]);
          const s = (values, mode, more = {}) => ({ values, hidden: false, custom: { stacking: { mode, group: 'A' } }, ...more });
          expect(stack([s([1, 2], 'normal'), s([10, NaN], 'normal', { hidden: true }), s([3, NaN], 'normal')], 2).columns.map(c => [...c]), [[1, 2], [10, NaN], [4, NaN]]);
          expect(stack([s([1, 0], 'percent'), s([3, 0], 'percent')], 2).columns.map(c => [...c]), [[0.25, 0], [1, 0]]);
          expect(stack([s([1], 'normal'), s([2], 'none'), s([3], 'normal')], 1).bands, [[2, 0]]);
        """, "frames.js");

    [BrowserFact]
    public Task TicksTellThemselvesApart() => HoldAsync("panels/axes.js", "({ tickLabels, timeTick }, { formatValue }) => expect => {", """
          const ticks = (values, unit) => tickLabels(values, (v, decimals) => formatValue(v, unit, decimals));
          expect(ticks([0, 0.25, 0.5], 'none'), ['0', '0.25', '0.50']); expect(ticks([0, 50, 100], 'none'), ['0', '50', '100']); expect(ticks([0, 0.001, 0.002], 's'), ['0 s', '1 ms', '2 ms']);
          expect(ticks([0, 512, 1024, 1536], 'bytes'), ['0 B', '512.0 B', '1.0 KiB', '1.5 KiB']);
          expect(tickLabels([0, 0.5, 1], v => String(Math.round(v)), 0), ['0', '1', '']);
          const at = Date.parse('2026-11-22T18:30:15') / 1000;
          expect([1, 60, 86_400, 31 * 86_400].map(by => timeTick(at, by)), ['18:30:15', '18:30', '11-22', '2026-11']);
        """, "units.js");

    [BrowserFact]
    public Task MarkdownMakesElementsAndNoScripts() => HoldAsync("markdown.js", "({ markdown }) => expect => {", """
          const html = text => { const box = document.createElement('div'); box.append(markdown(text)); return box.innerHTML; };
          expect(html('**a** *b* `c < d` ~~e~~'), '<p><strong>a</strong> <em>b</em> <code>c &lt; d</code> <s>e</s></p>'); expect(html('snake_case_name 2 * 3 * 4'), '<p>snake_case_name 2 * 3 * 4</p>');
          expect(html('- a\n- b\n  - c\n\n1. d'), '<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><ol start="1"><li>d</li></ol>');
          expect(html('| a | b |\n|---|:-:|\n| 1 | `x\\|y` |'), '<table><thead><tr><th class="align-start" scope="col">a</th><th class="align-center" scope="col">b</th></tr></thead><tbody><tr><td class="align-start">1</td><td class="align-center"><code>x|y</code></td></tr></tbody></table>');
          expect(html('```sh\n<b>\n```'), '<pre tabindex="0"><code>&lt;b&gt;</code></pre>'); expect(html('> q\n\n---'), '<blockquote><p>q</p></blockquote><hr>');
          expect(html('[x](/d/y?a=1) https://e.org/p.'), '<p><a href="/d/y?a=1" rel="noopener noreferrer">x</a> <a href="https://e.org/p" rel="noopener noreferrer">https://e.org/p</a>.</p>');
          for (const evil of ['<img src=x onerror=alert(1)>', '<script>alert(1)</' + 'script>', '[a](javascript:alert(1))', '[a](JaVaScRiPt:alert(1))', '[a](data:text/html,x)', '![a](javascript:x)', '<javascript:alert(1)>', '[a](vbscript:x)', '[<img onerror=x>](/ok)', '# <svg onload=x>']) {
            const box = document.createElement('div'); box.append(markdown(evil));
            expect([evil, [...box.querySelectorAll('*')].filter(e => ['SCRIPT', 'IMG', 'SVG', 'IFRAME'].includes(e.tagName.toUpperCase()) || [...e.attributes].some(a => a.name.startsWith('on') || /^(javascript|data|vbscript):/i.test(a.value))).length], [evil, 0]);
          }
          expect(html('*'.repeat(3000) + '['.repeat(3000) + '`'.repeat(999)).length > 6999, true); // comes to an end
        """);

    [BrowserFact]
    public Task ALinkLeadsWhereItsVariableSaysButToNoScript() => HoldAsync("links.js", "({ anchor, pageLink }, { scopeOf }) => expect => {", """
          const href = prometheus => anchor(pageLink({ url: '${prometheus:raw}/graph?g0.expr=up%7Bjob%3D%22a%22%7D&g0.tab=0', title: 't' }, scopeOf({ prometheus }))).getAttribute('href');
          expect(href('http://localhost:9999'), 'http://localhost:9999/graph?g0.expr=up%7Bjob%3D%22a%22%7D&g0.tab=0');
          for (const evil of ['javascript:alert(1)//', 'JaVaScRiPt:alert(1)//', 'data:text/html,x', 'vbscript:x']) {
            expect([evil, href(evil)], [evil, null]);
          }
        """, "interpolation.js");

    [BrowserFact]
    public Task UnknownOptionsAreFoundByPathAndByValue() => HoldAsync("options.js", "({ unknownOptions }) => expect => {", """
          expect(unknownOptions({ id: 1, type: 'timeseries', title: 'x', gridPos: { x: 0 }, options: { legend: { showLegend: true, calcs: ['max'] } }, fieldConfig: { defaults: { unit: 's', custom: { drawStyle: 'line', axisGridShow: true } }, overrides: [] } }), []);
          expect(unknownOptions({ type: 'timeseries', options: { legend: { calcs: ['max', 'p99'] }, novel: { deep: 1 } }, fieldConfig: { defaults: { unit: 'furlongs', custom: { drawStyle: 'ribbon' } } } }),
            ['options.legend.calcs[]: p99', 'options.novel.deep', 'fieldConfig.defaults.unit: furlongs', 'fieldConfig.defaults.custom.drawStyle: ribbon']);
          expect(unknownOptions({ type: 'stat', options: { novel: false, other: '', third: null, fourth: [], showPercentChange: true } }), ['options.showPercentChange: true']); // what is off is not missed
          expect(unknownOptions({ type: 'stat', options: { wideLayout: true } }), []); expect(unknownOptions({ type: 'stat', options: { wideLayout: false } }), ['options.wideLayout: false']);
          expect(unknownOptions({ type: 'table', fieldConfig: { overrides: [{ matcher: { id: 'byName', options: 'a.b' }, properties: [{ id: 'custom.cellOptions', value: { type: 'sparkline' } }] }] } }), ['fieldConfig.overrides[]: custom.cellOptions.type: sparkline']);
          expect(unknownOptions({ type: 'table', transformations: [{ id: 'merge', options: {} }, { id: 'groupBy', options: { fields: {} } }] }), ['transformations[].id: groupBy']);
          expect(unknownOptions({ type: 'table', transformations: [{ id: 'joinByField', options: { byField: 'x', mode: 'outerTabular' } }, { id: 'organize', options: { renameByName: { 'a.b': 'c' } } }, { id: 'merge', filter: { id: 'byRefId', options: 'A' } }] }),
            ['transformations[].filter.id', 'transformations[].filter.options', 'transformations[] joinByField: mode: outerTabular']);
          expect(unknownOptions({ type: 'timeseries', fieldConfig: { defaults: { links: [{ title: 'a', url: 'b' }] } } }).length, 2); expect(unknownOptions({ type: 'stat', fieldConfig: { defaults: { links: [{ title: 'a', url: 'b' }] } } }), []);
        """);

    [BrowserFact]
    public Task PanelsArePlacedOnTheGrid() => HoldAsync("layout.js", "({ arrange }) => expect => {", """
          const p = (id, x, y, w, h, more = {}) => ({ id, type: 'timeseries', gridPos: { x, y, w, h }, ...more });
          const row = (id, y, more = {}) => ({ id, type: 'row', gridPos: { x: 0, y, w: 24, h: 1 }, ...more });
          const variables = { list: [{ name: 'v', selected: ['a', 'b', 'c'], options: [], multi: true }] };
          const place = (panels, folded = () => false) => arrange(panels, variables, folded).map(i => [i.key, i.x, i.y, i.w, i.h]);
          expect(place([p(2, 12, 0, 12, 8), p(1, 0, 0, 12, 8), row(3, 8), p(4, 0, 9, 24, 4)]), [['1', 0, 0, 12, 8], ['2', 12, 0, 12, 8], ['3', 0, 8, 24, 1], ['4', 0, 9, 24, 4]]);
          expect(place([p(1, 0, 0, 24, 4), row(2, 4), p(3, 0, 5, 24, 4), row(4, 9), p(5, 0, 10, 24, 4)], key => key === '2'), [['1', 0, 0, 24, 4], ['2', 0, 4, 24, 1], ['4', 0, 5, 24, 1], ['5', 0, 6, 24, 4]]);
          expect(place([row(1, 0, { collapsed: true, panels: [p(2, 0, 1, 24, 4)] })]), [['1', 0, 0, 24, 1], ['2', 0, 1, 24, 4]]);
          expect(place([p(1, 0, 0, 24, 4, { repeat: 'v', maxPerRow: 2 }), p(2, 0, 4, 24, 4)]), [['1', 0, 0, 12, 4], ['1-clone-1', 12, 0, 12, 4], ['1-clone-2', 0, 4, 12, 4], ['2', 0, 8, 24, 4]]);
          expect(place([row(1, 0, { repeat: 'v' }), p(2, 0, 1, 24, 4)]).map(i => i[0]), ['1', '2', '1-clone-1', '2-clone-1', '1-clone-2', '2-clone-2']);
        """);

    [BrowserFact]
    public Task TheSameQuestionIsAskedOnceAndDroppedWhenNobodyWaits() => browser.VisitAsync(site.Address, async visit =>
    {
        await ViewerSite.OpenAsync(visit, "/d/twelve");
        var sent = await visit.Page.EvaluateAsync<int>("""
            async () => {
              const p = await import('/public/prometheus.js');
              const before = p.statistics.requests;
              const question = { query: 'count(demo_value)', from: 1e12, to: 1e12 + 60_000, stepMs: 15_000 };
              const impatient = new AbortController();
              const answers = [p.queryRange('demo', question), p.queryRange('demo', question, impatient.signal), p.queryRange('demo', question)];
              impatient.abort();
              const results = await Promise.allSettled(answers);
              if (results.map(r => r.status).join() !== 'fulfilled,rejected,fulfilled') throw new Error(JSON.stringify(results));
              return p.statistics.requests - before;
            }
            """);
        Assert.Equal(1, sent);
    });

    /// <summary>Runs expectations on a module of the page; the failure names each that does not hold.</summary>
    private Task HoldAsync(string module, string head, string body, string? second = null, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        browser.VisitAsync(site.Address, async visit =>
        {
            await visit.Page.GotoAsync("/login");
            var failures = await visit.Page.EvaluateAsync<string[]>($$"""
                async () => {
                  const failures = [];
                  const text = value => JSON.stringify(value, (key, v) => (v === undefined ? 'undefined' : typeof v === 'number' && !Number.isFinite(v) ? String(v) : v));
                  let count = 0;
                  const expect = (actual, wanted) => {
                    count++;
                    const same = typeof actual === 'number' && typeof wanted === 'number' ? Object.is(actual, wanted) || Math.abs(actual - wanted) < 1e-9 : text(actual) === text(wanted);
                    same || failures.push(`${count}: ${text(actual)} instead of ${text(wanted)}`);
                  };
                  (({{head}}
                  {{body}}
                  })(await import('/public/{{module}}'), await import('/public/{{second ?? module}}')))(expect);
                  return count ? failures : ['nothing was expected'];
                }
                """);
            Assert.True(failures.Length == 0, string.Join(Environment.NewLine, failures));
        }, name: name);
}
