namespace Transcendence.Hosting.Prometheus.Objectives;

/// <summary>What share of its events a service promises to get right.</summary>
/// <param name="Service">The service.</param>
/// <param name="Name">The objective's name; with the service's it is its id.</param>
/// <param name="Percent">The share that is promised, in percent.</param>
/// <param name="Description">What is promised, in words.</param>
/// <param name="ErrorQuery">The rate of bad events, with <c>{{.window}}</c> for the window.</param>
/// <param name="TotalQuery">The rate of all events, likewise.</param>
/// <param name="AlertName">What its alerts are called; each adds its window.</param>
/// <param name="Labels">Labels of everything that is recorded of it.</param>
/// <param name="Page">What an alert has that somebody has to look at now; <see langword="null"/> for none.</param>
/// <param name="Ticket">What an alert has that somebody has to look at in the next days; <see langword="null"/> for none.</param>
internal sealed record Objective(
    string Service, string Name, decimal Percent, string Description, string ErrorQuery, string TotalQuery, string AlertName,
    IReadOnlyDictionary<string, string> Labels, AlertText? Page, AlertText? Ticket)
{
    /// <summary>The id, which every series of it carries.</summary>
    public string Id => $"{Service}-{Name}";

    /// <summary>The share that may go wrong, as a ratio.</summary>
    public decimal Budget => (100 - Percent) / 100;
}

/// <summary>Labels and annotations of an alert.</summary>
internal sealed record AlertText(IReadOnlyDictionary<string, string> Labels, IReadOnlyDictionary<string, string> Annotations);

/// <summary>An alert on the speed at which a budget is spent.</summary>
/// <param name="Long">The window that says that it matters.</param>
/// <param name="Short">The window that says that it goes on.</param>
/// <param name="Factor">So many times the speed at which the budget just lasts for the period.</param>
/// <param name="For">How long both hold before it fires.</param>
/// <param name="IsPage">Somebody has to look at it now.</param>
/// <remarks>The numbers are those of the SRE workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts"; <c>for</c> is a share of the short window.</remarks>
internal sealed record BurnAlert(string Long, string Short, decimal Factor, string For, bool IsPage)
{
    public static IReadOnlyList<BurnAlert> All { get; } =
    [
        new("1h", "5m", 14.4m, "2m", IsPage: true),
        new("6h", "30m", 6, "15m", IsPage: true),
        new("1d", "2h", 3, "1h", IsPage: false),
        new("3d", "6h", 1, "3h", IsPage: false),
    ];
}
