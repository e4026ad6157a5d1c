using Microsoft.AspNetCore.Diagnostics;
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

    private static readonly EventId[] s_measured = [RelationalEventId.CommandExecuted, RelationalEventId.CommandError, RelationalEventId.TransactionCommitted];

    /// <summary>
    /// Adds the database: a pooled <typeparamref name="TContext"/> whose commits reach the disk and whose queries are measured,
    /// the health check <c>database</c>, and 409 or 400 instead of 503 where a constraint is violated.
    /// </summary>
    /// <typeparam name="TContext">The context, with its migrations.</typeparam>
    /// <param name="builder">The service's builder.</param>
    /// <param name="name">
    /// The name of the database, which is the service's. Its file is set by <c>ConnectionStrings:{name}</c>; without that it is
    /// below the user's local application data folder.
    /// </param>
    /// <exception cref="ServiceStartException">The setting names no file.</exception>
    public static void AddSqlite<TContext>(this IHostApplicationBuilder builder, string name) where TContext : SqliteDbContext
    {
        ArgumentNullException.ThrowIfNull(builder);

        var file = new DatabaseFile(builder.Configuration, name);
        builder.Services.AddSingleton(_ => file); // By a function, so that it is disposed of with the service.
        builder.Services.AddDbContextPool<TContext>(options => options
            .UseSqlite(file.ConnectionString)
            .ConfigureWarnings(events => events.Log(s_loggedByTheErrorHandler))
            .LogTo((id, _) => s_measured.Contains(id), Measure)
            .AddInterceptors(new DurableCommits()));
        builder.Services.AddHealthChecks().AddAsyncCheck("database", file.CheckAsync);
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IExceptionHandler, ConstraintViolations>()); // They are asked in order, and AddApiDefaults' handles all.
    }

    /// <summary>
    /// Takes the file of <see cref="AddSqlite"/> for this process alone, creates it where it is missing, and brings its tables up
    /// to date. To be called before the service runs.
    /// </summary>
    /// <typeparam name="TContext">The context.</typeparam>
    /// <param name="app">The service.</param>
    /// <param name="then">What to do with the database first.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="ServiceStartException">It cannot be done; the message says why and what to do.</exception>
    public static async Task PrepareDatabaseAsync<TContext>(this IHost app, Func<TContext, Task>? then = null) where TContext : SqliteDbContext
    {
        ArgumentNullException.ThrowIfNull(app);

        using var scope = app.Services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        var file = app.Services.GetRequiredService<DatabaseFile>();
        await file.PrepareAsync(context).ConfigureAwait(false);
        DataVolumeMetrics.Register(app.Services, file.Directory);
        await (then?.Invoke(context) ?? Task.CompletedTask).ConfigureAwait(false);
    }

    // Commands, those that fail included, and commits: SQLite writes and syncs its log then, and not while it executes the
    // commands, so a slow disk shows there and nowhere else.
    private static void Measure(EventData data)
    {
        if (data is CommandEndEventData command)
        {
            DatabaseMetrics.ObserveQuery(command.Command.CommandText, command.Duration);
        }
        else if (data is TransactionEndEventData commit)
        {
            DatabaseMetrics.ObserveQuery("commit", commit.Duration);
        }
    }
}
