using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Transcendence.Tests.Metrics;

/// <summary><c>/health</c> and <c>/alive</c>.</summary>
public class HealthTests
{
    [Theory]
    [InlineData(null, 200, 200)]
    [InlineData("", 503, 200)]
    [InlineData("live", 503, 503)]
    public async Task AFailingCheckFailsWhatItIsTaggedFor(string? tag, int health, int alive)
    {
        await using var app = await MeasuredApp.StartAsync(
            _ => { },
            builder =>
            {
                if (tag is not null)
                {
                    builder.Services.AddHealthChecks().AddCheck("failing", () => HealthCheckResult.Unhealthy(), [tag]);
                }
            });

        Assert.Equal(health, await app.SendAsync("/health"));
        Assert.Equal(alive, await app.SendAsync("/alive"));

        // Probes are no users. The one request that counts comes last, so that the others would be there by now.
        await app.SendAsync("/nowhere");
        await app.CountedAsync("GET", "unmatched", 404);
        Assert.Single((await app.ScrapeAsync()).Counted("http_requests_total"));
    }
}
