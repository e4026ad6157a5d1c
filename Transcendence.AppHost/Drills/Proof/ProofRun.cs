namespace Transcendence.AppHost.Drills.Proof;

/// <summary>Runs drills in turn, and writes one report.</summary>
internal sealed class ProofRun(DrillRunner runner, string monitoring, string directory, Action<string> say)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The drills of a list of names, with a comma between them; all for <c>all</c>.</summary>
    /// <exception cref="DrillException">One of the names is that of no drill.</exception>
    public static IReadOnlyList<Drill> Choose(string names)
    {
        var wanted = names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return wanted is [] or ["all"] ? DrillList.All
            : wanted.FirstOrDefault(name => DrillList.All.All(drill => drill.FullName != name)) is { } unknown
                ? throw new DrillException($"There is no drill '{unknown}'. Those that there are: {string.Join(", ", DrillList.All.Select(drill => drill.FullName))}.")
            : [.. DrillList.All.Where(drill => wanted.Contains(drill.FullName))];
    }

    /// <summary>Runs them. What cannot begin is waited for, as long as that has an end.</summary>
    /// <returns>The report, and the page that it is on.</returns>
    public async Task<(ProofReport Report, string Page)> RunAsync(IReadOnlyList<Drill> drills, CancellationToken cancellationToken)
    {
        var (startedAt, reports, pictures) = (DateTimeOffset.UtcNow, new List<DrillReport>(), new List<IReadOnlyList<string>>());
        var timings = await runner.Observer.ReadTimingsAsync(cancellationToken);
        var (hash, files) = await ProofReport.HashAsync(monitoring, cancellationToken);
        var draw = new Pictures(runner.Observer, runner.Rehearsal, timings, Path.Combine(monitoring, "grafana", "dashboards"));
        foreach (var drill in drills)
        {
            say($"{reports.Count + 1} of {drills.Count}: {drill.FullName}. {drill.Breaks}");
            var report = await runner.RunAsync(drill, new Dictionary<string, string>(), isPatient: true, cancellationToken);
            say(report.Summary);
            reports.Add(report);
            pictures.Add(await DrawAsync(drill, report));
            if (report.Outcome == DrillOutcome.Cancelled)
            {
                break;
            }
        }

        var changed = (await ProofReport.HashAsync(monitoring, CancellationToken.None)).Files.Except(files).Select(file => file.Key).ToList();
        var proof = new ProofReport(
            startedAt,
            DateTimeOffset.UtcNow,
            runner.Rehearsal.Speed,
            [.. changed.Select(file => $"{file} was changed meanwhile, so not every drill ran on the configuration that is named here."), .. reports.Where(report => report.Outcome != DrillOutcome.Passed).Select(report => report.Summary), .. drills.Skip(reports.Count).Select(drill => $"{drill.FullName} was not run.")],
            await ProofReport.ReadVersionsAsync(runner.Observer, CancellationToken.None),
            new Dictionary<string, double>
            {
                ["scrape interval"] = timings.Scrape.TotalSeconds,
                ["evaluation interval"] = timings.Interval.TotalSeconds,
                ["group wait"] = timings.GroupWait.TotalSeconds,
                ["group interval"] = timings.GroupInterval.TotalSeconds,
                ["repeated to Alertmanager after"] = timings.Resend.TotalSeconds,
                ["monitoring overdue after"] = timings.Overdue.TotalSeconds,
                ["added to every bound"] = Timings.Tolerance.TotalSeconds,
            },
            hash,
            files,
            reports);
        return (proof, await WriteAsync(proof, pictures));

        // Without them the report is still one.
        async Task<IReadOnlyList<string>> DrawAsync(Drill drill, DrillReport report)
        {
            try
            {
                return await draw.DrawAsync(drill, report, CancellationToken.None);
            }
            catch (Exception e)
            {
                say($"No pictures of {drill.FullName}: {e.Message}");
                return [];
            }
        }
    }

    private async Task<string> WriteAsync(ProofReport proof, List<IReadOnlyList<string>> pictures)
    {
        var target = Path.Combine(directory, proof.StartedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        try
        {
            Directory.CreateDirectory(target);
            await File.WriteAllTextAsync(Path.Combine(target, "proof.json"), JsonSerializer.Serialize(proof, s_json));
            var page = Path.Combine(target, "proof.html");
            await File.WriteAllTextAsync(page, ProofPage.Of(proof, pictures));
            return page;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DrillException($"The report cannot be written to {target}: {e.Message.TrimEnd('.')}. Make room there or make it writable. {proof.Summary}", e);
        }
    }
}
