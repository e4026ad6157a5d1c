namespace Transcendence.Alerts.Notify;

/// <summary>What people are told: what, where, since when, what to do, and where to look.</summary>
/// <param name="IsGood">Whether it is over.</param>
/// <param name="Title">In one line.</param>
/// <param name="Parts">One for each alert.</param>
/// <param name="Left">How many there are beside those.</param>
internal sealed record Notice(bool IsGood, string Title, IReadOnlyList<NoticePart> Parts, long Left = 0)
{
    private const int MaxParts = 10;

    /// <summary>The notice of a group of alerts.</summary>
    public static Notice Of(WebhookNotification message)
    {
        var alerts = message.Alerts!.OfType<WebhookAlert>().OrderBy(alert => alert.Status, StringComparer.Ordinal).ToList();
        var firing = alerts.Where(alert => alert.Status == WebhookStatus.Firing).ToList();
        var names = string.Join(", ", (firing.Count > 0 ? firing : alerts).Select(alert => alert.Labels!.GetValueOrDefault("alertname")).Distinct());
        return new(
            firing.Count == 0,
            firing.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"[FIRING:{firing.Count}] {names}") : $"[RESOLVED] {names}",
            [.. alerts.Take(MaxParts).Select(Part)],
            Math.Max(0, alerts.Count - MaxParts) + (message.TruncatedAlerts ?? 0));
    }

    /// <summary>The same as plain text.</summary>
    public string ToText() => Write(title => title, part => part, (text, url) => $"{text}: {url}");

    /// <summary>The same with one part less, which is counted instead.</summary>
    public Notice WithoutLastPart() => this with { Parts = [.. Parts.SkipLast(1)], Left = Left + 1 };

    /// <summary>Writes it in the markup of who reads it.</summary>
    /// <param name="title">Writes the title; nothing leaves it out.</param>
    /// <param name="text">Writes a line.</param>
    /// <param name="link">Writes a link: its text, and where it leads.</param>
    public string Write(Func<string, string>? title, Func<string, string> text, Func<string, string, string> link)
    {
        var lines = new List<string>(title is null ? [] : [title(Title)]);
        foreach (var part in Parts)
        {
            if (lines.Count > 0)
            {
                lines.Add("");
            }

            lines.AddRange(part.Lines.Select(text));
            lines.AddRange(part.Links.Select(each => link(each.Text, each.Url)));
        }

        if (Left > 0)
        {
            lines.AddRange(["", text(string.Create(CultureInfo.InvariantCulture, $"And {Left} more."))]);
        }

        return string.Join('\n', lines);
    }

    private static NoticePart Part(WebhookAlert alert)
    {
        string? Annotation(string name) => alert.Annotations?.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
        var labels = alert.Labels!;
        var where = string.Join(", ", labels.Where(label => label.Key is not ("alertname" or "severity")).Select(label => $"{label.Key} {label.Value}"));
        var when = alert.Status == WebhookStatus.Firing ? $"Since {alert.StartsAt!.Value.UtcDateTime:u}."
            : string.Create(CultureInfo.InvariantCulture, $"From {alert.StartsAt!.Value.UtcDateTime:u}, over at {alert.EndsAt?.UtcDateTime:u}.");
        string?[] lines = [$"{Annotation("summary") ?? labels.GetValueOrDefault("alertname")} ({labels.GetValueOrDefault("severity") ?? "no severity"})", Annotation("description"), where.Length > 0 ? $"{where}. {when}" : when];
        (string Text, string? Url)[] links = [("What to do", Annotation("runbook_url")), ("Dashboard", Annotation("dashboard_url"))];
        return new([.. lines.OfType<string>()], [.. links.Where(link => link.Url is not null).Select(link => (link.Text, link.Url!))]);
    }
}

/// <summary>What is told of one alert.</summary>
internal sealed record NoticePart(IReadOnlyList<string> Lines, IReadOnlyList<(string Text, string Url)> Links);
