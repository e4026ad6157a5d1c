using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;

namespace Transcendence.Tests.Alerts;

/// <summary>What of Alertmanager the inbox asks, answered as the real one does, at the moment that a test wants.</summary>
internal sealed class StandInAlertmanager(FakeTimeProvider clock) : HttpMessageHandler
{
    /// <summary>The alerts that it lists.</summary>
    public List<JsonObject> Alerts { get; } = [];

    /// <summary>Its clock less ours.</summary>
    public TimeSpan Ahead { get; set; }

    /// <summary>For how long it has been up.</summary>
    public TimeSpan UpFor
    {
        get => clock.GetUtcNow() - StartedAt;
        set => StartedAt = clock.GetUtcNow() - value;
    }

    /// <summary>When it was started, by our clock.</summary>
    public DateTimeOffset StartedAt { get; set; } = DateTimeOffset.MinValue;

    /// <summary>How often it has been asked for its alerts.</summary>
    public int Asked { get; private set; }

    /// <summary>Runs when the answer about its alerts is made and not yet sent.</summary>
    public Func<Task> WhileAnswering { get; set; } = () => Task.CompletedTask;

    /// <summary>Answers or throws instead, by path.</summary>
    public Func<string, HttpResponseMessage?> Instead { get; set; } = _ => null;

    /// <summary>Lists an alert.</summary>
    public void List(string fingerprint, DateTimeOffset startsAt, string receiver = "inbox", string state = "active", DateTimeOffset? endsAt = null) => Alerts.Add(new JsonObject
    {
        ["annotations"] = new JsonObject { ["summary"] = "The backend is down, it is listed" },
        ["endsAt"] = Time(endsAt ?? clock.GetUtcNow() + Ahead + TimeSpan.FromMinutes(2)),
        ["fingerprint"] = fingerprint,
        ["receivers"] = new JsonArray(new JsonObject { ["name"] = "another" }, new JsonObject { ["name"] = receiver }),
        ["startsAt"] = Time(startsAt),
        ["status"] = new JsonObject { ["inhibitedBy"] = new JsonArray(), ["silencedBy"] = new JsonArray(), ["state"] = state },
        ["updatedAt"] = Time(clock.GetUtcNow()),
        ["generatorURL"] = "http://prometheus:9090/graph",
        ["labels"] = new JsonObject { ["alertname"] = "BackendDown", ["severity"] = "critical" },
    });

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (Instead(path) is { } other)
        {
            return other;
        }

        HttpResponseMessage response;
        switch (path)
        {
            case "/api/v2/alerts":
                Asked++;
                response = Answer(new JsonArray([.. Alerts.Select(alert => alert.DeepClone())]));
                await WhileAnswering();
                return response;
            case "/api/v2/status":
                return Answer(new JsonObject { ["cluster"] = new JsonObject { ["status"] = "disabled" }, ["uptime"] = Time(StartedAt > DateTimeOffset.MinValue ? StartedAt + Ahead : StartedAt) });
            default:
                return new HttpResponseMessage(HttpStatusCode.NotFound);
        }
    }

    private HttpResponseMessage Answer(JsonNode body) => new(HttpStatusCode.OK)
    {
        Content = JsonContent.Create(body),
        Headers = { Date = clock.GetUtcNow() + Ahead },
    };

    // As Alertmanager writes times here: cut to milliseconds.
    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
