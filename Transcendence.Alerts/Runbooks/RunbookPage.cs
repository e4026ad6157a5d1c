using System.Net;
using Markdig;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Transcendence.Alerts.Api;

namespace Transcendence.Alerts.Runbooks;

/// <summary>A runbook as a page: its queries are links to Prometheus, at the time of the alert.</summary>
internal static class RunbookPage
{
    // As the files write it.
    private const string UsualPrometheus = "http://localhost:9090/";

    private static readonly MarkdownPipeline s_markdown = new MarkdownPipelineBuilder().DisableHtml().Build();
    private static readonly TimeSpan s_around = TimeSpan.FromMinutes(30);

    private static readonly string s_frame = Read();

    /// <summary>The page of one.</summary>
    /// <param name="markdown">Its text.</param>
    /// <param name="alert">The alert that one asks about.</param>
    /// <param name="prometheus">Where Prometheus is for people, where no alert says it.</param>
    public static string Of(string markdown, AlertSummary? alert, Uri prometheus)
    {
        var address = AddressOf(alert?.GeneratorUrl) ?? prometheus.ToString().TrimEnd('/');
        var document = Markdown.Parse(markdown, s_markdown);
        foreach (var link in document.Descendants<LinkInline>().Where(link => link.Url?.StartsWith(UsualPrometheus, StringComparison.Ordinal) == true))
        {
            link.Url = $"{address}/{link.Url![UsualPrometheus.Length..]}";
        }

        var title = document.Descendants<HeadingBlock>().FirstOrDefault()?.Inline?.FirstChild?.ToString() ?? "Runbook";
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        var renderer = new HtmlRenderer(writer);
        s_markdown.Setup(renderer);
        renderer.ObjectRenderers.Replace<CodeBlockRenderer>(new QueryRenderer(address, alert));
        renderer.Render(document);
        return Frame(title, (alert is null ? "" : Describe(alert)) + writer);
    }

    /// <summary>The page with all of them.</summary>
    public static string List(IEnumerable<string> names) =>
        Frame("Runbooks", $"<h1>Runbooks</h1>\n<ul>\n{string.Concat(names.Select(name => $"<li><a href=\"/runbooks/{Uri.EscapeDataString(name)}\">{WebUtility.HtmlEncode(name)}</a></li>\n"))}</ul>\n");

    private static string Frame(string title, string body) =>
        s_frame.Replace("{{title}}", WebUtility.HtmlEncode(title), StringComparison.Ordinal).Replace("{{body}}", body, StringComparison.Ordinal);

    private static string Describe(AlertSummary alert)
    {
        var state = alert.EndsAt is { } end ? $"It ended at {end.UtcDateTime:u}." : "It fires now.";
        var labels = string.Join(", ", alert.Labels.Where(label => label.Key is not ("alertname" or "severity")).Select(label => $"{label.Key} {label.Value}"));
        (string? Url, string Text)[] links =
        [
            (DashboardOf(alert), "The dashboard at that time"),
            (alert.GeneratorUrl, "The rule in Prometheus"),
            ($"/#alert-{alert.Id}", "This alert in the inbox"),
        ];
        return string.Create(CultureInfo.InvariantCulture, $"""
            <aside>
            <p><strong>{Encode(alert.Name)}</strong>, {Encode(alert.Severity)}, since {alert.StartsAt.UtcDateTime:u}. {state}</p>
            <p>{Encode(alert.Annotations.GetValueOrDefault("description") ?? alert.Annotations.GetValueOrDefault("summary") ?? "")}</p>
            <p>{Encode(labels)}</p>
            <p>{string.Join(" · ", links.Where(link => IsHttp(link.Url)).Select(link => $"<a href=\"{Encode(link.Url!)}\">{link.Text}</a>"))}</p>
            </aside>

            """);
    }

    private static string? DashboardOf(AlertSummary alert) => alert.Annotations.GetValueOrDefault("dashboard_url") is not { } url ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}from={(alert.StartsAt - s_around).ToUnixTimeMilliseconds()}&to={((alert.EndsAt ?? alert.LastSeenAt) + s_around).ToUnixTimeMilliseconds()}");

    /// <summary>Where the Prometheus is that raised an alert: it says so in the link to its rule.</summary>
    private static string? AddressOf(string? generatorUrl) =>
        Uri.TryCreate(generatorUrl, UriKind.Absolute, out var url) && IsHttp(generatorUrl) && url.AbsolutePath.EndsWith("/graph", StringComparison.Ordinal)
            ? url.GetLeftPart(UriPartial.Authority) + url.AbsolutePath[..^"/graph".Length] : null;

    // Whoever raises an alert writes its links: nothing of them may run here.
    private static bool IsHttp(string? url) => url is ['/', ..] || (Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https");

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Read()
    {
        using var page = new StreamReader(typeof(RunbookPage).Assembly.GetManifestResourceStream("runbook.html")!);
        return page.ReadToEnd();
    }

    /// <summary>Writes a block of PromQL with a link that runs it.</summary>
    private sealed class QueryRenderer(string prometheus, AlertSummary? alert) : CodeBlockRenderer
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock obj)
        {
            base.Write(renderer, obj);
            if (obj is FencedCodeBlock { Info: "promql" })
            {
                var time = alert is null ? "" : string.Create(
                    CultureInfo.InvariantCulture, $"&g0.end_input={Uri.EscapeDataString(((alert.EndsAt ?? alert.LastSeenAt) + s_around).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture))}");
                var url = $"{prometheus}/graph?g0.expr={Uri.EscapeDataString(obj.Lines.ToString())}&g0.tab=0&g0.range_input=2h{time}";
                renderer.Write($"<p class=\"run\"><a href=\"{Encode(url)}\">Run in Prometheus{(alert is null ? "" : ", at the time of the alert")}</a></p>\n");
            }
        }
    }
}
