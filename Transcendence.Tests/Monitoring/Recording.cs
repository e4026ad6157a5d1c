using Microsoft.AspNetCore.Http;
using Transcendence.Tests.Infrastructure;
using Transcendence.Tests.Tools;

namespace Transcendence.Tests.Monitoring;

/// <summary>What a real tool of today exposed, served as if it still did: its counters go on.</summary>
internal sealed partial class Recording
{
    /// <summary>By which every series of every counter grows in a second, beside what was recorded.</summary>
    public const double PerSecond = 0.25;

    private readonly string[] _lines;
    private readonly HashSet<string> _counters = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Reads a recording.</summary>
    /// <param name="file">Its file in <c>Recordings/</c>, without the ending.</param>
    /// <param name="change">Changes or, with <see langword="null"/>, removes a line.</param>
    public Recording(string file, Func<string, string?>? change = null)
        : this([.. File.ReadLines(PathOf(file)).Select(line => change is null ? line : change(line)).OfType<string>()])
    {
    }

    private Recording(string[] lines)
    {
        _lines = lines;
        foreach (var type in _lines.Select(line => line.Split(' ')).Where(words => words is ["#", "TYPE", _, "counter" or "histogram"]))
        {
            _counters.UnionWith(type[3] == "counter" ? [type[2]] : (string[])[type[2] + "_bucket", type[2] + "_count", type[2] + "_sum"]);
        }
    }

    /// <summary>An exposition that nobody recorded.</summary>
    public static Recording Of(IEnumerable<string> lines) => new([.. lines]);

    /// <summary>The path of a recording.</summary>
    public static string PathOf(string file) => Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.Tests", "Recordings", file + ".txt");

    /// <summary>Serves recordings, each at a path of its own.</summary>
    public static Task<FakeServer> ServeAsync(params (string Path, Recording Recording)[] recordings) => FakeServer.StartAsync(context =>
    {
        context.Response.ContentType = "text/plain; version=0.0.4";
        return context.Response.WriteAsync(recordings.Single(served => context.Request.Path == "/" + served.Path).Recording.Text());
    });

    private string Text()
    {
        var grown = _clock.Elapsed.TotalSeconds * PerSecond;
        return string.Join('\n', _lines.Select(line => Sample().Match(line) is { Success: true } sample && _counters.Contains(sample.Groups["name"].Value)
            ? string.Create(CultureInfo.InvariantCulture, $"{sample.Groups["series"]} {double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture) + grown}{sample.Groups["time"]}")
            : line)) + "\n";
    }

    [GeneratedRegex(@"^(?<series>(?<name>[a-zA-Z_:][\w:]*)(\{.*\})?) (?<value>\S+)(?<time> \d{13})?$")]
    private static partial Regex Sample();
}
