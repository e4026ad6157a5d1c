using System.Text.Json.Serialization;

namespace Transcendence.ServiceDefaults;

/// <summary>What every service with an API does the same way, besides what every service does.</summary>
public static class ApiDefaults
{
    /// <summary>
    /// Limits bodies, takes numbers in JSON as numbers only, writes enumerations as words, and describes every error as Problem
    /// Details (RFC 9457), whatever the client says it accepts: an unknown route, a wrong method, a body that is no JSON, a value
    /// that does not parse, a database that is gone.
    /// </summary>
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
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        });

        // Lets bad input reach the exception handler. Our writer stands before the framework's, which comes with the last line.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true)
            .AddExceptionHandler<ApiExceptionHandler>()
            .AddSingleton<IProblemDetailsWriter, ProblemJsonWriter>()
            .AddProblemDetails();
        return builder;
    }

    /// <summary>
    /// Adds to every answer, where it does not say otherwise itself, what a browser must not do with it (guess its type, frame it,
    /// run scripts in it, send a referrer, keep it), and answers what goes wrong behind it in the pipeline.
    /// </summary>
    /// <param name="app">The application.</param>
    /// <returns><paramref name="app"/>.</returns>
    public static IApplicationBuilder UseApiDefaults(this IApplicationBuilder app) => app
        .Use((context, next) =>
        {
            context.Response.OnStarting(ConfineAsync, context.Response); // At the last moment, because the exception handler clears what was set before.
            return next(context);
        })
        .UseExceptionHandler()
        .UseStatusCodePages();

    private static Task ConfineAsync(object response)
    {
        var headers = ((HttpResponse)response).Headers;
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Cache-Control", "no-store");
        return Task.CompletedTask;
    }
}
