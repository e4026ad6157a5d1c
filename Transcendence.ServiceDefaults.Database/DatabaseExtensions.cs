using Microsoft.AspNetCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Transcendence.ServiceDefaults.Database;

/// <summary>A service with a database.</summary>
public static class DatabaseExtensions
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
    /// Adds the service's own SQLite file: a pooled <typeparamref name="TContext"/> whose commits reach the disk and whose queries are measured,
    /// the health check <c>database</c>, and 409 or 400 instead of 503 where a constraint is violated.
    /// </summary>
    /// <typeparam name="TContext">The context, with its migrations.</typeparam>
    /// <param name="builder">The service's builder.</param>
    /// <param name="name">
    /// The name of the database, which is the service's. Its file is set by <c>ConnectionStrings:{name}</c>; without that it is
    /// below the user's local application data folder.
    /// </param>
    /// <exception cref="ServiceStartException">The setting names no file.</exception>
    public static void AddDatabase<TContext>(this IHostApplicationBuilder builder, string name) where TContext : ServiceDbContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Add<TContext, TContext>(PostgreSqlDatabase.IsNamedBy(builder.Configuration.GetConnectionString(name))
            ? throw new ServiceStartException($"The setting ConnectionStrings:{name} names a server, and this service keeps its data in a file of its own. Give it as 'Data Source=/path/to/{name}.db'.")
            : new DatabaseFile(builder.Configuration, name));
    }

    /// <summary>Adds the database as <see cref="AddDatabase{TContext}"/> does, or one of a PostgreSQL server where the setting names one: then several processes of the service may share it.</summary>
    /// <typeparam name="TContext">The context, with its migrations for SQLite.</typeparam>
    /// <typeparam name="TPostgreSql">The same with its migrations for PostgreSQL.</typeparam>
    /// <param name="builder">The service's builder.</param>
    /// <param name="name">
    /// The name of the database, which is the service's. <c>ConnectionStrings:{name}</c> is <c>Data Source=FILE</c>, or
    /// <c>Host=…;Username=…;Password=…</c> with <c>Database=…</c>, which is <paramref name="name"/> when omitted.
    /// </param>
    /// <returns>Whether other processes may change it.</returns>
    /// <exception cref="ServiceStartException">The setting cannot be used.</exception>
    public static bool AddDatabase<TContext, TPostgreSql>(this IHostApplicationBuilder builder, string name) where TContext : ServiceDbContext where TPostgreSql : TContext
    {
        ArgumentNullException.ThrowIfNull(builder);
        var isShared = PostgreSqlDatabase.IsNamedBy(builder.Configuration.GetConnectionString(name));
        if (isShared)
        {
            builder.Add<TContext, TPostgreSql>(new PostgreSqlDatabase(builder.Configuration, name));
        }
        else
        {
            builder.AddDatabase<TContext>(name);
        }

        return isShared;
    }

    /// <summary>
    /// Takes the database for this process, creates it where it is missing, and brings its tables up to date. To be called before the service runs.
    /// </summary>
    /// <typeparam name="TContext">The context.</typeparam>
    /// <param name="app">The service.</param>
    /// <param name="then">What to do with the database first.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="ServiceStartException">It cannot be done; the message says why and what to do.</exception>
    public static async Task PrepareDatabaseAsync<TContext>(this IHost app, Func<TContext, Task>? then = null) where TContext : ServiceDbContext
    {
        ArgumentNullException.ThrowIfNull(app);

        using var scope = app.Services.CreateScope();
        var context = scope.ServiceProvider.GetRequiredService<TContext>();
        await app.Services.GetRequiredService<IDatabase>().PrepareAsync(context, () => then?.Invoke(context) ?? Task.CompletedTask, app.Services).ConfigureAwait(false);
    }

    private static void Add<TContext, TImplementation>(this IHostApplicationBuilder builder, IDatabase database) where TContext : ServiceDbContext where TImplementation : TContext
    {
        builder.Services.AddSingleton(_ => database); // By a function, so that it is disposed of with the service.
        builder.Services.AddDbContextPool<TContext, TImplementation>(options =>
        {
            database.Use(options);

            // Of changes that no migration has, the context itself tells who develops it.
            options.ConfigureWarnings(events => events.Log(s_loggedByTheErrorHandler).Ignore(RelationalEventId.PendingModelChangesWarning))
                .LogTo((id, _) => s_measured.Contains(id), Measure);
        });
        builder.Services.AddHealthChecks().AddAsyncCheck("database", database.CheckAsync);
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IExceptionHandler, ConstraintViolations>()); // They are asked in order, and AddApiDefaults' handles all.
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
