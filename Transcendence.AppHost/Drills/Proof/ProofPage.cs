using System.Net;
using System.Reflection;

namespace Transcendence.AppHost.Drills.Proof;

/// <summary>The report as one page, which needs nothing beside it: no script, no picture, no network.</summary>
internal static class ProofPage
{
    private static readonly string s_frame = Read();

    /// <summary>Writes it.</summary>
    /// <param name="proof">The report.</param>
    /// <param name="pictures">The pictures of each drill.</param>
    public static string Of(ProofReport proof, IReadOnlyList<IReadOnlyList<string>> pictures)
    {
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"""
            <h1>Proof of the alerts</h1>
            <p class="{(proof.WhatDidNotWork.Count == 0 ? "passed" : "failed")}"><strong>{(proof.WhatDidNotWork.Count == 0 ? $"All {proof.Drills.Count} drills passed." : "Not everything worked.")}</strong>
            Made from {proof.StartedAt.UtcDateTime:u} to {proof.EndedAt.UtcDateTime:u}{(proof.Speed == 1 ? ", on the times of the configuration." : $", on times that were {proof.Speed} times as short as those of the configuration: every <code>for</code>, window and interval alike.")}
            Each drill broke something on purpose, waited until it was told, mended it, and waited until the end was told.</p>

            """);
        if (proof.WhatDidNotWork.Count > 0)
        {
            body.Append(CultureInfo.InvariantCulture, $"<h2>What did not work</h2>\n<ul>{string.Concat(proof.WhatDidNotWork.Select(line => $"<li>{Encode(line)}</li>"))}</ul>\n");
        }

        body.Append(CultureInfo.InvariantCulture, $"""
            <h2>All drills</h2>
            <table><thead><tr><th scope="col">Drill</th><th scope="col">Expected</th><th scope="col">Outcome</th><th scope="col">Told after</th><th scope="col">At most</th></tr></thead><tbody>{string.Concat(proof.Drills.Select((drill, i) => Row(drill, i)))}</tbody></table>

            """);
        foreach (var (drill, i) in proof.Drills.Select((drill, i) => (drill, i)))
        {
            Append(body, drill, i, pictures[i]);
        }

        body.Append(CultureInfo.InvariantCulture, $"""
            <h2>On what</h2>
            <table><tbody>{string.Concat(proof.Versions.Select(version => $"<tr><th scope=\"row\">{Encode(version.Key)}</th><td>{Encode(version.Value)}</td></tr>"))}
            {string.Concat(proof.Times.Select(time => string.Create(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Encode(time.Key)}</th><td>{time.Value:0.###} s</td></tr>")))}
            <tr><th scope="row">Configuration</th><td><code>{proof.ConfigurationHash}</code></td></tr></tbody></table>
            <p>A bound is the scrape interval, the longest window of the rule, the evaluation interval, its <code>for</code> and the group wait together; that of an end is without the last two, and with the group interval.</p>
            <details><summary>The {proof.Files.Count} files of the configuration, with their SHA-256</summary><pre>{string.Concat(proof.Files.Select(file => $"{file.Value}  {Encode(file.Key)}\n"))}</pre></details>

            """);
        return s_frame.Replace("{{body}}", body.ToString(), StringComparison.Ordinal);
    }

    private static string Row(DrillReport drill, int index)
    {
        var told = drill.Stages.LastOrDefault(stage => stage.IsTold && stage.Phase == Phase.Broken);
        return $"<tr><th scope=\"row\"><a href=\"#drill-{index}\">{Encode(drill.Drill)}</a></th><td>{Encode(drill.Expected)}</td><td class=\"{ClassOf(drill)}\">{drill.Outcome}</td><td>{Seconds(told?.AfterSeconds)}</td><td>{Seconds(told?.BoundSeconds)}</td></tr>";
    }

    private static void Append(StringBuilder body, DrillReport drill, int index, IReadOnlyList<string> pictures)
    {
        body.Append(CultureInfo.InvariantCulture, $"""
            <section id="drill-{index}"><h2>{Encode(drill.Drill)}: <span class="{ClassOf(drill)}">{drill.Outcome.ToString().ToLowerInvariant()}</span></h2>
            <p>{Encode(drill.Broke)}{(drill.Arguments.Count == 0 ? "" : $" ({Encode(string.Join(", ", drill.Arguments.Select(argument => $"{argument.Key} {argument.Value}")))})")}{(drill.BrokenAt is { } broken ? string.Create(CultureInfo.InvariantCulture, $" {(drill.Stages.Count == 0 ? "From" : "Broken at")} {broken.UtcDateTime:u}{(drill.Stages.Count == 0 ? " to" : ", mended at")} {drill.MendedAt?.UtcDateTime:u}.") : "")}</p>

            """);
        if (drill.Stages.Count > 0)
        {
            body.Append(CultureInfo.InvariantCulture, $"<table><thead><tr><th scope=\"col\">What</th><th scope=\"col\">At (UTC)</th><th scope=\"col\">After</th><th scope=\"col\">At most</th><th scope=\"col\">Counted from</th><th scope=\"col\"></th></tr></thead><tbody>");
            foreach (var stage in drill.Stages)
            {
                body.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Encode(stage.Name)}</th><td>{stage.At?.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture) ?? "never"}</td><td>{Seconds(stage.AfterSeconds)}</td><td>{Seconds(stage.BoundSeconds)}</td><td>{(stage.Phase == Phase.Broken ? "the fault" : "the mending")}</td><td class=\"{(stage.IsInTime ? "passed" : "failed")}\">{(stage.IsInTime ? "in time" : stage.At is null ? "missing" : "late")}</td></tr>");
            }

            body.Append("</tbody></table>\n");
        }

        if (drill.Description is { } said)
        {
            body.Append(CultureInfo.InvariantCulture, $"<blockquote>{Encode(said)}</blockquote>\n");
        }

        foreach (var line in (string[])[.. drill.AlsoFired.Count == 0 ? (string[])[] : [$"Also fired: {string.Join(", ", drill.AlsoFired)}."], .. drill.Notes])
        {
            body.Append(CultureInfo.InvariantCulture, $"<p>{Encode(line)}</p>\n");
        }

        body.Append(string.Concat(pictures)).Append("</section>\n");
    }

    private static string ClassOf(DrillReport drill) => drill.Outcome == DrillOutcome.Passed ? "passed" : "failed";

    private static string Seconds(double? seconds) => seconds is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:0.0} s") : "";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private static string Read()
    {
        using var page = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("proof.html")!);
        return page.ReadToEnd();
    }
}
