using System.Text.Json;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.AppHost;

/// <summary>The launch profiles of the AppHost have what Aspire refuses to start its dashboard without.</summary>
/// <remarks>As its validation of the transport options says: an address of the dashboard, of OTLP and of the resource service, all https unless unsecured transport is allowed.</remarks>
public sealed class LaunchSettingsTests
{
    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    public void AProfileHasTheAddressesOfTheDashboard(string name)
    {
        var profile = Profiles().GetProperty(name);
        var environment = profile.GetProperty("environmentVariables").EnumerateObject().ToDictionary(v => v.Name, v => v.Value.GetString()!);
        string[] addresses =
        [
            profile.GetProperty("applicationUrl").GetString()!.Split(';')[0],
            environment["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"],
            environment["ASPIRE_DASHBOARD_MCP_ENDPOINT_URL"],
            environment["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"],
        ];

        Assert.All(addresses, address => Assert.True(new Uri(address) is { IsLoopback: true } uri && uri.Scheme == name, $"{address} is no {name} address of this machine."));
        Assert.Equal(addresses.Length, addresses.Select(address => new Uri(address).Port).Distinct().Count());
        Assert.Equal(name == "http", environment.GetValueOrDefault("ASPIRE_ALLOW_UNSECURED_TRANSPORT") == "true");
    }

    [Fact]
    public void TheFirstProfileNeedsNoCertificate() => Assert.Equal("http", Profiles().EnumerateObject().First().Name);

    private static JsonElement Profiles() =>
        JsonElement.Parse(File.ReadAllText(Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.AppHost", "Properties", "launchSettings.json"))).GetProperty("profiles");
}
