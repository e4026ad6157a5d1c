using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Transcendence.Alerts.Data;
using Transcendence.Alerts.Inbox;
using Transcendence.Alerts.Notify;
using Transcendence.Alerts.Reconciliation;
using Transcendence.Alerts.Watchdog;

namespace Transcendence.Tests.Alerts;

/// <summary>The dead man's switch by a clock that a test sets: sleep, a clock that is set back, a first start, and who is told how often.</summary>
public sealed class PipelineWatchTests : IAsyncLifetime, IDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new(s_start) { AutoAdvanceAmount = TimeSpan.Zero };
    private readonly StandInChannel[] _channels = [new("one"), new("two")];
    private readonly ServiceProvider _services;
    private Pipeline _pipeline;
    private OutsideNotices _notices;
    private PipelineWatch _watch;

    public PipelineWatchTests()
    {
        _services = new ServiceCollection().AddLogging().AddHttpClient()
            .AddDbContext<AlertsDbContext>(options => options.UseSqlite($"Data Source={_directory["alerts.db"]};Pooling=False"))
            .AddSingleton<TimeProvider>(_clock).AddSingleton(new AlertsOptions()).AddSingleton(new NotifyOptions())
            .AddSingleton(Prometheus.Metrics.NewCustomRegistry()).AddSingleton<AlertMetrics>()
            .AddSingleton(new AlertmanagerLink(isAsked: false, s_start))
            .BuildServiceProvider();
        (_pipeline, _notices, _watch) = Create();
    }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await using var scope = _services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<AlertsDbContext>().Database.MigrateAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        _watch.Dispose();
        await _services.DisposeAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task AWordThatIsTooOldIsOverdueButNotJustAfterTheMachineSlept()
    {
        Hear();
        Assert.Equal(PipelineStatus.Working, await AfterAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(PipelineStatus.Starting, await AfterAsync(TimeSpan.FromHours(8)));
        Assert.Equal(PipelineStatus.Starting, await AfterAsync(TimeSpan.FromSeconds(20)));
        Hear();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(PipelineStatus.Working, await AfterAsync(TimeSpan.FromSeconds(20)));
        }

        Assert.Equal(PipelineStatus.Overdue, await AfterAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task AClockThatIsSetBackHidesNothing()
    {
        // As after a restart: this process began at noon, and the last word has arrived at one o'clock.
        _pipeline.Hear(s_start.AddHours(1), s_start.AddHours(1));
        Assert.Equal(PipelineStatus.Working, await AfterAsync(TimeSpan.FromSeconds(20)));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(PipelineStatus.Working, await AfterAsync(TimeSpan.FromSeconds(20)));
        }

        Assert.Equal(PipelineStatus.Overdue, await AfterAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task AtTheVeryFirstStartTheToolsHaveTenMinutes()
    {
        await _watch.RememberAsync(CancellationToken.None);
        Hear(); // And no more: what is judged is this word.
        for (var i = 0; i < 29; i++)
        {
            Assert.NotEqual(PipelineStatus.Overdue, await AfterAsync(TimeSpan.FromSeconds(20)));
        }

        Assert.Equal(PipelineStatus.Overdue, await AfterAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task EachIsToldOnceWhoeverRefusesAndARestartTellsNobodyAgain()
    {
        var overdue = new PipelineState(PipelineStatus.Overdue, PipelineCause.PrometheusDown, "It is dead.", null, null, s_start);
        _channels[1].Refuses = new InvalidOperationException("Anything.");
        await SendAsync(overdue);
        await SendAsync(overdue);
        _channels[1].Refuses = null;
        await SendAsync(overdue);
        await SendAsync(overdue);
        Assert.All(_channels, channel => Assert.Equal(["[FIRING:1] MonitoringOverdue"], channel.Told));
        Assert.Equal(s_start, _notices.ToldOverdueSince);

        // Another process goes on.
        (_pipeline, _notices, var watch) = Create();
        using (watch)
        {
            _notices.Remember(s_start);
            await SendAsync(overdue with { Status = PipelineStatus.Starting });
            await SendAsync(overdue);
            await SendAsync(overdue with { Status = PipelineStatus.Working, Since = s_start.AddMinutes(5), Reason = "It lives." });
        }

        Assert.All(_channels, channel => Assert.Equal(["[FIRING:1] MonitoringOverdue", "[RESOLVED] MonitoringOverdue"], channel.Told));
        Assert.Null(_notices.ToldOverdueSince);

        // What a webhook gets is of one group and one alert, from its start to its end.
        var messages = _channels[0].Originals;
        Assert.Equal(messages[0].GetProperty("groupKey").GetString(), messages[1].GetProperty("groupKey").GetString());
        var alerts = messages.Select(message => message.GetProperty("alerts")[0]).ToList();
        Assert.Equal(alerts[0].GetProperty("fingerprint").GetString(), alerts[1].GetProperty("fingerprint").GetString());
        Assert.All(alerts, alert => Assert.Equal(s_start, alert.GetProperty("startsAt").GetDateTimeOffset()));
        Assert.Equal(s_start.AddMinutes(5), alerts[1].GetProperty("endsAt").GetDateTimeOffset());
    }

    private Task SendAsync(PipelineState state) => _notices.SendAsync(state, CancellationToken.None);

    private void Hear() => _pipeline.Hear(_clock.GetUtcNow(), _clock.GetUtcNow());

    private async Task<PipelineStatus> AfterAsync(TimeSpan time)
    {
        _clock.Advance(time);
        await _watch.LookAsync(CancellationToken.None);
        return _pipeline.State.Status;
    }

    private (Pipeline, OutsideNotices, PipelineWatch) Create()
    {
        var pipeline = new Pipeline(_clock);
        var notices = new OutsideNotices(_channels, _services.GetRequiredService<IHttpClientFactory>(), new NotifyOptions(), _clock, NullLogger<OutsideNotices>.Instance);
        return (pipeline, notices, new(
            _services.GetRequiredService<IServiceScopeFactory>(), pipeline, _services.GetRequiredService<AlertmanagerLink>(), notices, _services.GetRequiredService<AlertMetrics>(),
            new AlertsOptions(), _clock, NullLogger<PipelineWatch>.Instance));
    }

    private sealed class StandInChannel(string name) : Channel(name)
    {
        public Exception? Refuses { get; set; }

        public List<string> Told { get; } = [];

        public List<JsonElement> Originals { get; } = [];

        public override Task SendAsync(Notice notice, JsonElement original, CancellationToken cancellationToken)
        {
            if (Refuses is not null)
            {
                return Task.FromException(Refuses);
            }

            Told.Add(notice.Title);
            Originals.Add(original);
            return Task.CompletedTask;
        }
    }
}
