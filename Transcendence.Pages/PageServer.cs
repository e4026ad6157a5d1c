using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Transcendence.Pages;

/// <summary>Web servers for pages, inside a process that has other things to do.</summary>
public static class PageServer
{
    /// <summary>Begins a server on Kestrel with routing, problem details and JSON in which enumerations are names.</summary>
    /// <param name="loggers">Where it logs.</param>
    /// <returns>
    /// A builder that has read no setting: those of the process around it, such as <c>ASPNETCORE_URLS</c>, are not meant for this server.
    /// It starts and stops when told, and does not listen to Ctrl+C.
    /// </returns>
    public static WebApplicationBuilder CreateBuilder(ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(loggers);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.AddRoutingCore();
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        return builder;
    }

    /// <summary>It lives as long as the caller says; the default would take Ctrl+C as meant for itself.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
