using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Transcendence.ServiceDefaults.Database;

/// <summary>What a service keeps its data in.</summary>
internal interface IDatabase
{
    /// <summary>Has a context use it.</summary>
    void Use(DbContextOptionsBuilder options);

    /// <summary>Creates it where it is missing, brings its tables up to date, and does what is to be done with it first.</summary>
    /// <exception cref="ServiceStartException">It cannot be done; the message says why and what to do.</exception>
    Task PrepareAsync(ServiceDbContext context, Func<Task> then, IServiceProvider services);

    /// <summary>Whether it can be used now.</summary>
    Task<HealthCheckResult> CheckAsync(CancellationToken cancellationToken);
}
