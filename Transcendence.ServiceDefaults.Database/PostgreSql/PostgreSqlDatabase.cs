using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Transcendence.ServiceDefaults.Database;

/// <summary>A database of a PostgreSQL server, which several processes of this service may share.</summary>
internal sealed class PostgreSqlDatabase : IDatabase
{
    /// <summary>Takes the writers' turn among all processes that share the database, until the transaction ends. (A SELECT would be measured as one.)</summary>
    public const string TakeTurn = "DO $$ BEGIN PERFORM pg_advisory_xact_lock(7305437251); END $$";

    // As the one above, a number that nobody else takes.
    private const string BeginMigration = "SELECT pg_advisory_lock(7305437252)";

    private const int TimeoutSeconds = 5;

    // What takes longer is answered with 503 while somebody still waits for the answer, as with a file that is locked. A server that hangs takes no request
    // to cancel either, and Npgsql would wait for it for ever (seen): the connection is dropped. Encryption by GSS would be tried first, and wait as long.
    private const string Defaults = "Timeout=5;Command Timeout=5;Cancellation Timeout=-1;GSS Encryption Mode=Disable";

    // A server that starts at the same moment needs a while.
    private static readonly TimeSpan s_startPatience = TimeSpan.FromSeconds(30);

    private readonly string _name;
    private readonly NpgsqlConnectionStringBuilder _settings;

    /// <summary>Reads <c>ConnectionStrings:{name}</c>.</summary>
    /// <exception cref="ServiceStartException">The setting cannot be used.</exception>
    public PostgreSqlDatabase(IConfiguration configuration, string name)
    {
        _name = name;
        try
        {
            // What is set comes after, and wins.
            _settings = new NpgsqlConnectionStringBuilder($"{Defaults};Database={name};Application Name={name};{configuration.GetConnectionString(name)}");
        }
        catch (ArgumentException e)
        {
            // The setting has a password: it is not repeated.
            throw new ServiceStartException($"The setting ConnectionStrings:{name} cannot be used: {e.Message.TrimEnd('.')}. Give it as 'Host=…;Username=…;Password=…;Database={name}'.", e);
        }
    }

    /// <summary>Whether a connection string names a server, and not a file.</summary>
    public static bool IsNamedBy(string? connectionString)
    {
        try
        {
            var settings = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = connectionString };
            return settings.ContainsKey("Host") || settings.ContainsKey("Server");
        }
        catch (ArgumentException)
        {
            return false; // What is wrong with it is said by who reads it.
        }
    }

    /// <inheritdoc/>
    public void Use(DbContextOptionsBuilder options) => options.UseNpgsql(_settings.ConnectionString);

    /// <inheritdoc/>
    public async Task PrepareAsync(ServiceDbContext context, Func<Task> then, IServiceProvider services)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                await MigrateAsync(context, services.GetRequiredService<IHostEnvironment>()).ConfigureAwait(false);
                await then().ConfigureAwait(false);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient && clock.Elapsed < s_startPatience)
            {
                await Task.Delay(500).ConfigureAwait(false);
            }
            catch (NpgsqlException e)
            {
                throw new ServiceStartException(
                    $"The database '{_settings.Database}' of {_settings.Host}:{_settings.Port} cannot be used: {e.Message.TrimEnd('.')}. " +
                    $"See that the server runs, and that ConnectionStrings:{_name} has its address, user and password.", e);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(TimeoutSeconds));
        try
        {
            // Not a pooled connection, which may be one that is still open to a server that takes no more.
            var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_settings.ConnectionString) { Pooling = false }.ConnectionString);
            await using (connection.ConfigureAwait(false))
            {
                await connection.OpenAsync(limit.Token).ConfigureAwait(false);
                await ExecuteAsync(connection, "SELECT 1", limit.Token).ConfigureAwait(false);
                return HealthCheckResult.Healthy();
            }
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"The database does not answer: {e.Message}");
        }
    }

    // The lock is held in the server's own database, which is there before ours: of several processes that start at once one creates, and the others find it done.
    private async Task MigrateAsync(ServiceDbContext context, IHostEnvironment environment)
    {
        var guard = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_settings.ConnectionString) { Database = "postgres", Pooling = false, CommandTimeout = 60 }.ConnectionString);
        await using (guard.ConfigureAwait(false))
        {
            await guard.OpenAsync().ConfigureAwait(false);
            await ExecuteAsync(guard, BeginMigration, CancellationToken.None).ConfigureAwait(false);
            await context.MigrateAsync(environment).ConfigureAwait(false);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
