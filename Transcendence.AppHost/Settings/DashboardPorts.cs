using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Transcendence.AppHost;

/// <summary>The four ports of Aspire's dashboard, which are read before there is a builder.</summary>
internal static class DashboardPorts
{
    /// <summary>The first of the four, unless the setting says otherwise.</summary>
    public const int Default = 18888;

    /// <summary>The setting.</summary>
    public const string Setting = "Ports:dashboard";

    // The page itself, and what services and tools speak to: telemetry, MCP, the resources.
    private static readonly string[] s_variables =
        ["ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_DASHBOARD_MCP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    /// <summary>Moves the dashboard where the setting says; without a launch profile, to where the launch profile would have it.</summary>
    /// <exception cref="DistributedApplicationException">The setting is no port.</exception>
    public static void Set(IConfiguration configuration)
    {
        var setting = configuration.GetSection(Setting);
        if (setting.Value is null && Environment.GetEnvironmentVariable(s_variables[0]) is not null)
        {
            return;
        }

        var first = setting.Value is null ? Default : Ports.Parse(setting, highest: 65535 - s_variables.Length + 1);
        for (var i = 0; i < s_variables.Length; i++)
        {
            Environment.SetEnvironmentVariable(s_variables[i], string.Create(CultureInfo.InvariantCulture, $"http://localhost:{first + i}"));
        }

        Environment.SetEnvironmentVariable("ASPIRE_ALLOW_UNSECURED_TRANSPORT", "true");
    }

    /// <summary>The ports, with what each is for.</summary>
    public static IEnumerable<int> Used() => s_variables
        .SelectMany(name => (Environment.GetEnvironmentVariable(name) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        .Select(url => new Uri(url).Port);
}
