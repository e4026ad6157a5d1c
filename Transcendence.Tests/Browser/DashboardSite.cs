using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Transcendence.Hosting.Dashboard;
using Transcendence.Hosting.Native;

namespace Transcendence.Tests.Browser;

/// <summary>A small application of a test's own, with real processes and its dashboard.</summary>
internal sealed class DashboardSite : IAsyncDisposable
{
    public const string Token = "the-token/of+this test";

    private readonly TempDirectory _data = new();
    private readonly IDistributedApplicationTestingBuilder _builder;
    private readonly DistributedApplication _app;

    private DashboardSite(Action<IDistributedApplicationTestingBuilder> model, string token, int port)
    {
        _builder = DistributedApplicationTestingBuilder.Create(
            [string.Create(CultureInfo.InvariantCulture, $"--Dashboard:Port={port}"), $"--{BrowserToken.SettingKey}={token}", $"--DataDirectory={_data.FullName}"],
            (options, _) => options.DisableDashboard = false);

        model(_builder);
        _app = _builder.Build();
    }

    public Uri Address => new(Server.Url!);

    public string LoginPath => new Uri(Server.LoginUrl!).PathAndQuery;

    public DistributedApplication App => _app;

    private DashboardServer Server => _app.Services.GetRequiredService<DashboardServer>();

    public static async Task<DashboardSite> StartAsync(Action<IDistributedApplicationTestingBuilder> model, string token = Token, int port = 0)
    {
        var site = new DashboardSite(model, token, port);
        await site._app.StartAsync();
        Assert.Null(site.Server.Problem);
        return site;
    }

    /// <summary>Adds a real process: a shell that runs a script.</summary>
    public static IResourceBuilder<ContainerResource> AddShell(IDistributedApplicationBuilder builder, string name, string script) => builder.AddContainer(name, "none", "1")
        .WithAnnotation(new NativeToolAnnotation(new NativeTool { Name = "bash", Command = "bash", DownloadPage = new Uri("https://example.invalid/") }, _ => { }))
        .WithArgs("-c", script);

    /// <summary>Writes a line into the log of a resource.</summary>
    public void Write(string resource, string text, bool isError = false) => _app.Services.GetRequiredService<ResourceLoggerService>().Append(resource, text, isError);

    public async Task<string?> StateAsync(string resource)
    {
        await Task.Yield();
        return _app.ResourceNotifications.TryGetCurrentState(resource, out var current) ? current.Snapshot.State?.Text : null;
    }

    /// <summary>Opens a page as a user does, with the printed link first.</summary>
    public async Task OpenAsync(IPage page, string path)
    {
        await page.GotoAsync(LoginPath);
        await page.GotoAsync(path);
    }

    /// <summary>Ends the application, and its dashboard.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _builder.DisposeAsync();
        _data.Dispose();
    }
}

/// <summary>Stands in for an alert inbox.</summary>
internal sealed class FakeAlerts
{
    public ConcurrentDictionary<string, AlertSnapshot> Firing { get; } = new();

    public ConcurrentQueue<AlertSnapshot> History { get; } = new();

    /// <summary>What is wrong with it, if something is.</summary>
    public string? Fault { get; set; }

    public Task<AlertPage> GetAsync(AlertQuery query, CancellationToken cancellationToken)
    {
        if (Fault is { } fault)
        {
            return Task.FromException<AlertPage>(new HttpRequestException(fault));
        }

        IReadOnlyList<AlertSnapshot> all = query.IsFiring ? [.. Firing.Values] : [.. History];
        var page = all.OrderByDescending(a => a.StartsAt).Skip((query.Page - 1) * query.PageSize).Take(query.PageSize).ToList();
        return Task.FromResult(new AlertPage(page, all.Count));
    }

    public static AlertSnapshot Alert(string name, string severity, DateTimeOffset startsAt, TimeSpan? duration = null, string generatorUrl = "http://localhost:1/rule") => new(
        name,
        severity,
        duration is null ? "active" : "resolved",
        startsAt,
        startsAt + duration,
        new Dictionary<string, string> { ["alertname"] = name, ["severity"] = severity, ["job"] = "backend" },
        new Dictionary<string, string> { ["summary"] = $"{name} is <b>bad</b>", ["description"] = "Look at it.", ["runbook_url"] = "http://localhost:1/runbook" },
        generatorUrl);
}
