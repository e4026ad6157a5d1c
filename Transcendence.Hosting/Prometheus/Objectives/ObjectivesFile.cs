using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Transcendence.Hosting.Prometheus.Objectives;

/// <summary>Reads objectives in Sloth's format <c>prometheus/v1</c>. What it has and we do not support is refused by name.</summary>
/// <remarks>The format: https://sloth.dev/specs/default/. Of it there is neither <c>sli.raw</c> nor <c>sli.plugin</c>, as a ratio alone does not tell how many events were bad.</remarks>
internal static partial class ObjectivesFile
{
    private const string Version = "prometheus/v1";

    /// <summary>The objectives of a file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <exception cref="DistributedApplicationException">It is wrong, or says what is not supported.</exception>
    public static IReadOnlyList<Objective> Read(string path, string text)
    {
        Document document;
        try
        {
            var deserializer = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).IncludeNonPublicProperties().WithDuplicateKeyChecking().Build();
            document = deserializer.Deserialize<Document?>(text) ?? new();
        }
        catch (YamlException e)
        {
            throw Wrong($"line {e.Start.Line}: {Unsupported().Match(e.Message) switch { { Success: true } match => $"'{match.Groups[1].Value}' is not supported here", _ => (e.InnerException ?? e).Message.TrimEnd('.') }}");
        }

        if (document.Version != Version)
        {
            throw Wrong($"its version is '{document.Version}', and this reads '{Version}'");
        }

        var service = Needed(document.Service, "service");
        var objectives = (document.Slos ?? []).Select(slo => Objective(service, document.Labels, slo)).ToList();
        if (objectives.Count == 0)
        {
            throw Wrong("it has no 'slos'");
        }

        return objectives.GroupBy(o => o.Name).FirstOrDefault(g => g.Count() > 1) is { } twice ? throw Wrong($"it has two objectives '{twice.Key}'") : objectives;

        DistributedApplicationException Wrong(string why) => new($"{path} is no file of objectives: {why}. Nothing was written.");

        string Needed(string? value, string key, string? objective = null) =>
            string.IsNullOrWhiteSpace(value) ? throw Wrong($"'{key}' is missing{(objective is null ? "" : $" in '{objective}'")}") : value.Trim();

        Objective Objective(string service, Dictionary<string, string>? labels, Slo slo)
        {
            var name = Needed(slo.Name, "slos.name");
            var objective = decimal.TryParse(slo.Objective, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and < 100
                ? percent : throw Wrong($"the objective of '{name}' is '{slo.Objective}', and not a percentage between 0 and 100");
            var (errors, total) = (Query(slo.Sli?.Events?.ErrorQuery, "error_query"), Query(slo.Sli?.Events?.TotalQuery, "total_query"));
            var alerting = slo.Alerting;
            var result = new Objective(
                service, name, objective, slo.Description?.Trim() ?? "", errors, total, alerting is null ? "" : Needed(alerting.Name, "alerting.name", name),
                Merge(labels, slo.Labels), Text(alerting?.PageAlert), Text(alerting?.TicketAlert));
            return BurnAlert.All.FirstOrDefault(burn => (burn.IsPage ? result.Page : result.Ticket) is not null && burn.Factor * result.Budget >= 1) is { } never
                ? throw Wrong(string.Create(CultureInfo.InvariantCulture, $"with an objective of {percent} % the alert of '{name}' at {never.Factor} times its budget could never fire, as it would need {never.Factor * result.Budget:P0} of all events to be bad. Promise more, or write `{(never.IsPage ? "page_alert" : "ticket_alert")}: {{ disable: true }}`"))
                : result;

            string Query(string? query, string part) => Needed(query, $"sli.events.{part}", name) is var given && given.Contains("{{.window}}", StringComparison.Ordinal)
                ? given : throw Wrong($"{part} of '{name}' has no {{{{.window}}}} for the window");

            AlertText? Text(Alert? alert) => alerting is null || alert?.Disable is true ? null : new(Merge(alerting.Labels, alert?.Labels), Merge(alerting.Annotations, alert?.Annotations));
        }
    }

    private static Dictionary<string, string> Merge(Dictionary<string, string>? first, Dictionary<string, string>? second) =>
        (first ?? []).Concat(second ?? []).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value);

    [GeneratedRegex("Property '([^']+)' not found")]
    private static partial Regex Unsupported();

    private sealed class Document
    {
        public string? Version { get; set; }
        public string? Service { get; set; }
        public Dictionary<string, string>? Labels { get; set; }
        public List<Slo>? Slos { get; set; }
    }

    private sealed class Slo
    {
        public string? Name { get; set; }
        public string? Description { get; set; }
        public string? Objective { get; set; }
        public Dictionary<string, string>? Labels { get; set; }
        public Sli? Sli { get; set; }
        public Alerting? Alerting { get; set; }
    }

    private sealed class Sli
    {
        public Events? Events { get; set; }
    }

    private sealed class Events
    {
        public string? ErrorQuery { get; set; }
        public string? TotalQuery { get; set; }
    }

    private sealed class Alerting
    {
        public string? Name { get; set; }
        public Dictionary<string, string>? Labels { get; set; }
        public Dictionary<string, string>? Annotations { get; set; }
        public Alert? PageAlert { get; set; }
        public Alert? TicketAlert { get; set; }
    }

    private sealed class Alert
    {
        public bool Disable { get; set; }
        public Dictionary<string, string>? Labels { get; set; }
        public Dictionary<string, string>? Annotations { get; set; }
    }
}
