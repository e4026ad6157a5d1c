using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Transcendence.ServiceDefaults.Sqlite;

/// <summary>A service with an SQLite file of its own.</summary>
public static class SqliteExtensions
{
    // EF Core would tell of each failure with a stack trace, and once more a layer further up. What the service says to its
    // client it also logs, in one line.
    private static readonly (EventId, LogLevel)[] s_loggedByTheErrorHandler =
    [
        (RelationalEventId.ConnectionError, LogLevel.Debug),
        (RelationalEventId.CommandError, LogLevel.Debug),
        (RelationalEventId.TransactionError, LogLevel.Debug),
        (CoreEventId.QueryIterationFailed, LogLevel.Debug),
        (CoreEventId.SaveChangesFailed, LogLevel.Debug),
    ];

    /// <summary>
    /// Adds the database: a pooled <typeparamref name="TContext"/> whose commits reach the disk and whose queries are measured,
    /// and the health check <c>database</c>.
    /// </summary>
    /// <typeparam name="TContext">The context, with its migrations.</typeparam>
    /// <param name="builder">The service's builder.</param>
    /// <param name="name">The name of the database: its file is set by <c>ConnectionStrings:{name}</c>.</param>
    /// <returns>The file. <see cref="DatabaseFile.PrepareAsync"/> has to be called before the service runs.</returns>
    /// <exception cref="ServiceStartException">The setting names no file.</exception>
    public static DatabaseFile AddSqlite<TContext>(this IHostApplicationBuilder builder, string name) where TContext : SqliteDbContext
    {
        ArgumentNullException.ThrowIfNull(builder);

        var file = DatabaseFile.FromConfiguration(builder.Configuration, name);
        builder.Services.AddSingleton(file);
        builder.Services.AddDbContextPool<TContext>(options => options
            .UseSqlite(file.ConnectionString)
            .ConfigureWarnings(events => events.Log(s_loggedByTheErrorHandler))
            .AddInterceptors(new DurableCommits(), new QueryMetrics(), new CommitMetrics()));
        builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
        return file;
    }
}
