using System.Net;

namespace Transcendence.AppHost.Drills.Proof;

/// <summary>A line over time.</summary>
internal sealed record Line(string Name, IReadOnlyList<(DateTimeOffset At, double Value)> Points);

/// <summary>A moment on a chart.</summary>
internal sealed record Mark(string Name, DateTimeOffset At);

/// <summary>Lines over time as a picture, in SVG: it needs nothing but the page that it stands in.</summary>
internal static class Chart
{
    private const double Width = 760;
    private const double Left = 70;
    private const double Right = 60;
    private const double Top = 24;
    private const double Bottom = 180;
    private const int MostLines = 12;

    // A line is told from others by its dashes too. The colours have a contrast of 3 to white and to black: Okabe and Ito's, darker where they have to be.
    private static readonly string[] s_colors = ["#0072b2", "#d55e00", "#008a64", "#b3668f", "#8f7a00", "#6a6a6a"];
    private static readonly string[] s_dashes = ["", "6 3", "2 3", "8 3 2 3"];

    /// <summary>Draws.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="unit">Grafana's name of the unit.</param>
    /// <param name="lines">The lines.</param>
    /// <param name="marks">Moments, as vertical lines.</param>
    /// <param name="from">The left edge.</param>
    /// <param name="to">The right edge.</param>
    public static string Draw(string title, string? unit, IReadOnlyList<Line> lines, IReadOnlyList<Mark> marks, DateTimeOffset from, DateTimeOffset to)
    {
        var shown = lines.Take(MostLines).ToList();
        var values = shown.SelectMany(line => line.Points).Select(point => point.Value).Where(double.IsFinite).ToList();
        var svg = new StringBuilder();
        var height = Bottom + 30 + (18 * Math.Max(1, shown.Count)) + (lines.Count > MostLines ? 18 : 0);
        svg.Append(CultureInfo.InvariantCulture, $"""<figure><figcaption>{Encode(title)}</figcaption><svg viewBox="0 0 {Width} {height:0}" role="img" aria-label="{Encode(Describe(title, unit, shown))}">""");
        if (values.Count == 0)
        {
            return svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Width / 2}" y="{Bottom / 2}" text-anchor="middle">No data in this time</text></svg></figure>""").ToString();
        }

        var (low, high) = (Math.Min(0, values.Min()), values.Max());
        high = high > low ? high : low + 1;
        for (var i = 0; i <= 4; i++)
        {
            var value = low + ((high - low) * i / 4);
            svg.Append(CultureInfo.InvariantCulture, $"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{Y(value):0.#}" y2="{Y(value):0.#}"/><text x="{Left - 6}" y="{Y(value) + 4:0.#}" text-anchor="end">{Encode(Format(value, unit))}</text>""");
            var at = from + ((to - from) * i / 4);
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{X(at):0.#}" y="{Bottom + 16}" text-anchor="middle">{at.UtcDateTime:HH:mm:ss}</text>""");
        }

        foreach (var mark in marks.Where(mark => mark.At >= from && mark.At <= to).OrderBy(mark => mark.At).Select((mark, i) => (mark, i)))
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<line class="mark" x1="{X(mark.mark.At):0.#}" x2="{X(mark.mark.At):0.#}" y1="{Top}" y2="{Bottom}"/><text x="{X(mark.mark.At) + 2:0.#}" y="{(mark.i % 2 == 0 ? 10 : 21)}">{Encode(mark.mark.Name)}</text>""");
        }

        foreach (var (line, i) in shown.Select((line, i) => (line, i)))
        {
            var style = string.Create(CultureInfo.InvariantCulture, $"""stroke="{s_colors[i % s_colors.Length]}" stroke-dasharray="{s_dashes[i % s_dashes.Length]}" """);
            svg.Append(CultureInfo.InvariantCulture, $"""<path class="line" {style} d="{Path(line)}"/>""");
            var y = Bottom + 36 + (18 * i);
            svg.Append(CultureInfo.InvariantCulture, $"""<line class="line" {style} x1="{Left}" x2="{Left + 24}" y1="{y - 4}" y2="{y - 4}"/><text x="{Left + 30}" y="{y}">{Encode(line.Name)}</text>""");
        }

        if (lines.Count > MostLines)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""<text x="{Left + 30}" y="{Bottom + 36 + (18 * shown.Count)}">and {lines.Count - MostLines} more</text>""");
        }

        return svg.Append("</svg></figure>").ToString();

        double X(DateTimeOffset at) => Left + ((at - from) / (to - from) * (Width - Left - Right));
        double Y(double value) => Bottom - ((value - low) / (high - low) * (Bottom - Top));

        // A gap where there is no sample: more than a step and a half of the line.
        string Path(Line line)
        {
            var gap = line.Points.Zip(line.Points.Skip(1), (one, next) => next.At - one.At).DefaultIfEmpty().Min() * 1.5;
            var path = new StringBuilder();
            DateTimeOffset? last = null;
            foreach (var (at, value) in line.Points)
            {
                if (!double.IsFinite(value))
                {
                    last = null;
                    continue;
                }

                path.Append(CultureInfo.InvariantCulture, $"{(last is { } before && at - before <= gap ? 'L' : 'M')}{X(at):0.#} {Y(value):0.#}");
                last = at;
            }

            return path.ToString();
        }
    }

    /// <summary>A value as people read it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="unit">Grafana's name of its unit.</param>
    public static string Format(double value, string? unit) => unit switch
    {
        "percentunit" => string.Create(CultureInfo.InvariantCulture, $"{value * 100:0.##} %"),
        "percent" => string.Create(CultureInfo.InvariantCulture, $"{value:0.##} %"),
        "s" when Math.Abs(value) < 1 => string.Create(CultureInfo.InvariantCulture, $"{value * 1000:0.##} ms"),
        "s" => string.Create(CultureInfo.InvariantCulture, $"{value:0.##} s"),
        "bytes" => string.Create(CultureInfo.InvariantCulture, $"{value / 1024 / 1024:0.#} MiB"),
        "reqps" or "ops" => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}/s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.###}"),
    };

    private static string Describe(string title, string? unit, List<Line> lines) => $"{title}. {string.Join("; ", lines.Select(line => (line.Name, Values: line.Points.Select(point => point.Value).Where(double.IsFinite).ToList())).Where(line => line.Values.Count > 0)
        .Select(line => $"{line.Name}: from {Format(line.Values.Min(), unit)} to {Format(line.Values.Max(), unit)}"))}";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
