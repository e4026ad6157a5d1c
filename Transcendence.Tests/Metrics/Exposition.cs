using Prometheus;

namespace Transcendence.Tests.Metrics;

/// <summary>One line of an exposition.</summary>
internal sealed record Sample(string Name, IReadOnlyDictionary<string, string> Labels, double Value, IReadOnlyDictionary<string, string> Exemplar);

/// <summary>What <c>/metrics</c> says, in Prometheus' text format or OpenMetrics.</summary>
internal sealed partial record Exposition(IReadOnlyDictionary<string, string> Types, IReadOnlyList<Sample> Samples)
{
    /// <summary>What a registry says.</summary>
    public static async Task<Exposition> OfAsync(CollectorRegistry registry, ExpositionFormat format = ExpositionFormat.PrometheusText)
    {
        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text, format);
        return Parse(Encoding.UTF8.GetString(text.ToArray()));
    }

    public static Exposition Parse(string text)
    {
        var types = new Dictionary<string, string>();
        var samples = new List<Sample>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var parts = line.Split(' ');
                types.Add(parts[2], parts[3]);
            }
            else if (!line.StartsWith('#'))
            {
                var match = Line.Match(line);
                Assert.True(match.Success, $"Not a sample: {line}");
                samples.Add(new Sample(
                    match.Groups["name"].Value,
                    ParseLabels(match.Groups["labels"].Value),
                    match.Groups["value"].Value switch
                    {
                        "+Inf" => double.PositiveInfinity,
                        var value => double.Parse(value, CultureInfo.InvariantCulture),
                    },
                    ParseLabels(match.Groups["exemplar"].Value)));
            }
        }

        return new Exposition(types, samples);
    }

    /// <summary>The samples of a name.</summary>
    public IEnumerable<Sample> Named(string name) => Samples.Where(sample => sample.Name == name);

    /// <summary>The samples of a name without those of series that wait for their first request.</summary>
    public IEnumerable<Sample> Counted(string name) => Named(name).Where(sample => sample.Value > 0);

    /// <summary>The value of the one sample with a name and exactly these labels; null when there is none.</summary>
    public double? Value(string name, params (string Name, string Value)[] labels) => Named(name)
        .SingleOrDefault(sample => sample.Labels.Count == labels.Length
            && labels.All(label => sample.Labels.GetValueOrDefault(label.Name) == label.Value))?.Value;

    private static Dictionary<string, string> ParseLabels(string labels) =>
        Label.Matches(labels).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][\w:]*)(\{(?<labels>([^"}]|"[^"]*")*)\})? (?<value>\S+)( # \{(?<exemplar>[^}]*)\} \S+ \S+)?$""")]
    private static partial Regex Line { get; }

    [GeneratedRegex("""(?<name>\w+)="(?<value>[^"]*)""" + "\"")]
    private static partial Regex Label { get; }
}
