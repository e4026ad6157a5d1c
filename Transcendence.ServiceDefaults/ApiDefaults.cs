using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Transcendence.ServiceDefaults;

/// <summary>What every service with an API does the same way, besides what every service does.</summary>
public static class ApiDefaults
{
    /// <summary>Limits bodies, describes every error as Problem Details, and takes numbers in JSON as numbers only.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="maxBodyBytes">The longest body that is read, in bytes; a longer one is answered with 413.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static WebApplicationBuilder AddApiDefaults(this WebApplicationBuilder builder, long maxBodyBytes)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = maxBodyBytes;
        });
        builder.Services.AddApiErrors();
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        return builder;
    }

    /// <summary>Adds the headers that protect browsers, and the answers to what goes wrong behind it in the pipeline.</summary>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    public static IApplicationBuilder UseApiDefaults(this IApplicationBuilder app) => app.UseSecurityHeaders().UseApiErrors();
}
