using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Transcendence.Faults;

[assembly: HostingStartup(typeof(FaultsStartup))]

namespace Transcendence.Faults;

/// <summary>Adds the fault point to a service: <c>PUT</c>, <c>GET</c> and <c>DELETE</c> of <see cref="Path"/>, for who knows the secret.</summary>
public sealed class FaultsStartup : IHostingStartup
{
    /// <summary>Where the faults are set.</summary>
    public const string Path = "/faults";

    /// <summary>The header with the secret.</summary>
    public const string Header = "X-Fault-Secret";

    /// <summary>The variable of the environment with the secret; without it there is no fault point.</summary>
    public const string Variable = "Faults__Secret";

    /// <inheritdoc/>
    public void Configure(IWebHostBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } secret)
        {
            return;
        }

        builder.ConfigureServices(services =>
        {
            services.AddSingleton(provider => new FaultPoint(provider.GetService<TimeProvider>() ?? TimeProvider.System));
            services.AddSingleton<IStartupFilter>(provider => new Filter(provider.GetRequiredService<FaultPoint>(), secret));
            services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, FaultyEndpoints>());
        });
    }

    /// <summary>Stands before everything else, so that the service's own rules and metrics know nothing of it.</summary>
    private sealed class Filter(FaultPoint point, string secret) : IStartupFilter
    {
        private readonly byte[] _secret = SHA256.HashData(Encoding.UTF8.GetBytes(secret));

        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            DiagnosticListener.AllListeners.Subscribe(new SlowDatabase(point));
            app.Use(rest => context =>
                context.Request.Path == Path ? AnswerAsync(context)
                : context.Request.Path == "/metrics" && point.Now.FreeDisk is { } share ? FullDisk.ServeAsync(context, share, rest)
                : rest(context));
            next(app);
        };

        private async Task AnswerAsync(HttpContext context)
        {
            if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers[Header].ToString())), _secret))
            {
                await SayAsync(StatusCodes.Status403Forbidden, "Faults are for drills only: their secret is missing or wrong.");
                return;
            }

            switch (context.Request.Method)
            {
                case "GET":
                    await context.Response.WriteAsJsonAsync(point.Now, context.RequestAborted);
                    break;
                case "DELETE":
                    point.End();
                    context.Response.StatusCode = StatusCodes.Status204NoContent;
                    break;
                case "PUT":
                    await SetAsync();
                    break;
                default:
                    await SayAsync(StatusCodes.Status405MethodNotAllowed, "It is GET, PUT or DELETE.");
                    break;
            }

            async Task SetAsync()
            {
                ServiceFaults? faults;
                try
                {
                    faults = await context.Request.ReadFromJsonAsync<ServiceFaults>(context.RequestAborted);
                }
                catch (Exception e) when (e is JsonException or InvalidOperationException)
                {
                    await SayAsync(StatusCodes.Status400BadRequest, $"The body is not what it has to be: {e.Message}");
                    return;
                }

                if ((faults is null ? "The body is null." : faults.FindFault()) is { } wrong)
                {
                    await SayAsync(StatusCodes.Status400BadRequest, wrong);
                    return;
                }

                point.Set(faults!);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            }

            Task SayAsync(int status, string reason) => TypedResults.Problem(reason, statusCode: status).ExecuteAsync(context);
        }
    }
}
