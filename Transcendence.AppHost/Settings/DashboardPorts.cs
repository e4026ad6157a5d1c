using System.Reflection;

namespace Transcendence.AppHost;

/// <summary>The four ports of Aspire's dashboard, which are read while there is no builder yet.</summary>
internal static class DashboardPorts
{
    /// <summary>The setting: the first of the four.</summary>
    public const string Setting = "Ports:dashboard";

    private const int Default = 18888;

    // The page itself, and what services and tools speak to: telemetry, MCP, the resources.
    private static readonly string[] s_urls = ["ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "ASPIRE_DASHBOARD_MCP_ENDPOINT_URL", "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"];

    /// <summary>The command line by which Aspire has its dashboard where the setting says; without a launch profile, where the launch profile would have it.</summary>
    /// <exception cref="DistributedApplicationException">The setting is no port.</exception>
    public static string[] AddTo(string[] args)
    {
        var directory = Path.GetDirectoryName(typeof(DashboardPorts).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(d => d.Key == "apphostprojectpath").Value)!;
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.Combine(directory, "appsettings.json"), optional: true).AddEnvironmentVariables().AddCommandLine(args).Build();
        var setting = configuration.GetSection(Setting);
        if (setting.Value is null && configuration[s_urls[0]] is not null)
        {
            return args;
        }

        var first = setting.Value is null ? Default : Ports.Parse(setting, highest: 65535 - s_urls.Length + 1);
        return [.. args, "--ASPIRE_ALLOW_UNSECURED_TRANSPORT=true", .. s_urls.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"--{name}=http://localhost:{first + i}"))];
    }

    /// <summary>The ports.</summary>
    public static IEnumerable<int> Of(IConfiguration configuration) => s_urls
        .SelectMany(name => (configuration[name] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        .Select(url => new Uri(url).Port);
}
