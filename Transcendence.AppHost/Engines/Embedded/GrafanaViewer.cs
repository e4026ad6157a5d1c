using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Logging;
using Transcendence.Hosting.Native;
using Transcendence.Pages;
using Transcendence.Viewer;

namespace Transcendence.AppHost;

/// <summary>Runs our viewer in Grafana's place, with what the model says to Grafana: by the variables that Grafana reads.</summary>
internal static class GrafanaViewer
{
    private const string UserVariable = "GF_SECURITY_ADMIN_USER";
    private const string PasswordVariable = "GF_SECURITY_ADMIN_PASSWORD";
    private const string ProvisioningVariable = "GF_PATHS_PROVISIONING";

    private const string AllowedHostsSetting = "Grafana:AllowedHosts";

    /// <summary>Starts the viewer.</summary>
    /// <param name="grafana">The resource.</param>
    /// <param name="context">Where it listens, and why it runs.</param>
    /// <param name="cancellationToken">Breaks the start off.</param>
    /// <returns>The viewer.</returns>
    /// <exception cref="DistributedApplicationException">A variable that the viewer needs has no value.</exception>
    public static async Task<IAsyncDisposable> StartAsync(IResourceBuilder<GrafanaResource> grafana, BuiltInServiceContext context, CancellationToken cancellationToken)
    {
        var configuration = grafana.ApplicationBuilder.Configuration;
        var hint = await DescribePasswordAsync(grafana, context, cancellationToken).ConfigureAwait(false);
        string[] hosts = [.. HostsOf(grafana.Resource)];
        string[] remedies = [context.MissingTool?.Remedy ?? "", "With Docker or Podman, the Aspire engine runs it as a container: dotnet run --project Transcendence.AppHost -p:Engine=Aspire."];
        context.UrlText = "Dashboards (built-in viewer)";
        context.Note = $"The built-in viewer draws the dashboards in its place. {hint}. {string.Join(' ', remedies)}";

        var loggers = new LoggerFactory([context.Loggers], LogFilter(configuration, grafana.Resource.Name));
        try
        {
            var viewer = await ViewerServer.StartAsync(
                new ViewerOptions
                {
                    ListenUrl = context.ListenUrl(GrafanaResource.HttpEndpointName),
                    ProvisioningDirectory = Variable(context, ProvisioningVariable),
                    AdminUser = Variable(context, UserVariable),
                    AdminPassword = Variable(context, PasswordVariable),
                    AllowedHosts = [.. hosts, .. PageSecurityOptions.ParseHosts(configuration[AllowedHostsSetting])],
                    AllowedHostsSetting = AllowedHostsSetting,
                    // It names the user and a path of this machine: not for the network.
                    LoginHint = hosts.Length == 0 ? hint : "",
                    Notice = new ViewerNotice(
                        "This is the built-in viewer, not Grafana",
                        "No Grafana can be had on this machine, so these are its dashboards as the engine draws them.",
                        remedies),
                    GetVariable = name => context.Environment.GetValueOrDefault(name) ?? Environment.GetEnvironmentVariable(name),
                    Loggers = loggers,
                },
                cancellationToken).ConfigureAwait(false);
            return new RunningViewer(viewer, loggers);
        }
        catch
        {
            loggers.Dispose();
            throw;
        }
    }

    private static string Variable(BuiltInServiceContext context, string name) => context.Environment.GetValueOrDefault(name) is { Length: > 0 } value
        ? value
        : throw new DistributedApplicationException($"{name} of '{context.Resource.Name}' is empty. Give it a value in the model, or take out what empties it.");

    private static async Task<string> DescribePasswordAsync(IResourceBuilder<GrafanaResource> grafana, BuiltInServiceContext context, CancellationToken cancellationToken)
    {
        var parameter = grafana.Resource.AdminPassword;
        return await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false) == context.Environment.GetValueOrDefault(PasswordVariable)
            ? $"User: {Variable(context, UserVariable)}. Password: the parameter '{parameter.Name}'; if you gave none, a generated one is shown by: dotnet user-secrets list --project \"{grafana.ApplicationBuilder.AppHostDirectory}\""
            : $"User: {Variable(context, UserVariable)}. Password: the one that the model gives as {PasswordVariable}";
    }

    private static LoggerFilterOptions LogFilter(IConfiguration configuration, string resourceName)
    {
        var level = ApplicationSettings.LogLevelOf(configuration, resourceName);
        return new LoggerFilterOptions
        {
            MinLevel = level ?? LogLevel.Information,
            // A line for each request is for who asks for it.
            Rules = { new LoggerFilterRule(null, "Microsoft", level ?? LogLevel.Warning, null) },
        };
    }

    /// <summary>The names under which the address that it listens on is asked for, besides those of loopback: no foreign page can take one of these.</summary>
    private static IEnumerable<string> HostsOf(GrafanaResource grafana)
    {
        var host = grafana.GetEndpoint(GrafanaResource.HttpEndpointName).EndpointAnnotation.TargetHost;
        if (host is "localhost" || !IPAddress.TryParse(host, out var address))
        {
            return [];
        }

        return address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? [Environment.MachineName, .. NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => Name(a.Address))]
            : [Name(address)];

        static string Name(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
    }

    private sealed class RunningViewer(ViewerServer viewer, LoggerFactory loggers) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await viewer.DisposeAsync().ConfigureAwait(false);
            loggers.Dispose();
        }
    }
}
