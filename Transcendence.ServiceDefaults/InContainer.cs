using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.HostFiltering;

namespace Transcendence.ServiceDefaults;

/// <summary>What a service in a container knows by being there.</summary>
internal static class InContainer
{
    // Where Docker and Podman put secrets.
    private const string Secrets = "/run/secrets";

    /// <summary>Reads each secret as the setting of its file's name, which then counts whatever else says it, and answers those who call the service by its address, as Prometheus does with tasks that it has found by DNS.</summary>
    /// <remarks>An address as host is no danger: a page of another site that is led here (DNS rebinding) calls by a name.</remarks>
    public static void AddContainerDefaults(this IHostApplicationBuilder builder)
    {
        // Microsoft's images say so.
        if (builder.Configuration["DOTNET_RUNNING_IN_CONTAINER"] is not ("true" or "1"))
        {
            return;
        }

        builder.Configuration.AddKeyPerFile(Secrets, optional: true);
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{a.Address}]" : a.Address.ToString()).ToList();
        builder.Services.PostConfigure<HostFilteringOptions>(options => options.AllowedHosts = options.AllowedHosts.Contains("*") ? options.AllowedHosts : [.. options.AllowedHosts, .. own]);
    }
}
