using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Transcendence.ServiceDefaults;

namespace Transcendence.Gateway;

/// <summary>The proxies in front of the gateway, if there are any, whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed.</summary>
internal static class KnownProxies
{
    /// <summary>The setting: addresses and networks, with a semicolon between two, e.g. <c>10.0.0.7;172.18.0.0/16</c>.</summary>
    public const string Setting = "ForwardedHeaders:KnownProxies";

    /// <summary>
    /// Has ASP.NET read the forwarded headers of the proxies that are configured, and of nobody else. Its own switch
    /// (<c>ASPNETCORE_FORWARDEDHEADERS_ENABLED</c>, which Aspire sets when it publishes) would believe everybody.
    /// </summary>
    /// <exception cref="ServiceStartException">The setting has what is neither an address nor a network.</exception>
    public static void AddKnownProxies(this WebApplicationBuilder builder)
    {
        var networks = (builder.Configuration[Setting] ?? "")
            .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(NetworkOf).ToList();
        builder.Configuration["ForwardedHeaders_Enabled"] = networks.Count > 0 ? "true" : "false";
        builder.Services.PostConfigure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            options.AllowedHosts = builder.Configuration["AllowedHosts"]?.Split(';') ?? [];
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            networks.ForEach(options.KnownIPNetworks.Add);
        });
    }

    private static System.Net.IPNetwork NetworkOf(string text) =>
        IPAddress.TryParse(text, out var address) ? new(address, address.GetAddressBytes().Length * 8)
        : System.Net.IPNetwork.TryParse(text, out var network) ? network
        : throw new ServiceStartException(
            $"The setting {Setting} has '{text}', which is neither an address nor a network. Write e.g. 10.0.0.7 or 172.18.0.0/16, and a semicolon between two.");
}
