namespace Transcendence.Benchmarks;

/// <summary>What the inbox takes for a notification of so many alerts: when it hears of them, and each time it is told again.</summary>
internal static class Notifications
{
    private const int Rounds = 9;
    private const int Alerts = 2_000; // Of each measurement: the kernel counts CPU in hundredths of a second.

    /// <summary>Measures the CPU of an alert at so many in a notification.</summary>
    public static async Task<int> RunAsync(params int[] alerts)
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            using var inbox = await Lists.StartAsync("Alerts", Path.Combine(directory.FullName, "data.db"));
            Comparison.Begin();
            foreach (var count in alerts)
            {
                var next = 0;
                await Peer.WarmAsync(() => SendAsync(inbox, count, () => next++));
                await Comparison.RunAsync(
                    $"{count} alerts", "ms", Rounds, ("heard of again", () => MeasureAsync(inbox, count, () => 0)), ("new", () => MeasureAsync(inbox, count, () => next++)));
            }

            return Comparison.End();
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<double> MeasureAsync(Peer inbox, int count, Func<int> group) =>
        await inbox.CpuSecondsOfAsync(() => SendAsync(inbox, count, group)) / Alerts * 1e3;

    private static async Task SendAsync(Peer inbox, int count, Func<int> group)
    {
        for (var sent = 0; sent < Alerts; sent += count)
        {
            using var response = await inbox.Client.PostAsJsonAsync(new Uri("/api/alerts/webhook", UriKind.Relative), Notification(count, group()));
            response.EnsureSuccessStatusCode();
        }
    }

    private static object Notification(int count, int group) => new
    {
        version = "4",
        status = "firing",
        receiver = "alerts",
        groupKey = $"{{}}:{group}",
        alerts = Enumerable.Range(0, count).Select(i => new
        {
            status = "firing",
            labels = new Dictionary<string, string> { ["alertname"] = "HighLatencyP95", ["severity"] = "warning", ["instance"] = $"{count}-{group}-{i}" },
            annotations = new { summary = "The 95th percentile is above half a second." },
            startsAt = "2026-01-01T00:00:00Z",
            endsAt = "0001-01-01T00:00:00Z",
            generatorURL = "http://localhost:9090/graph",
            fingerprint = $"{count:x4}{group:x6}{i:x6}",
        }),
    };
}
