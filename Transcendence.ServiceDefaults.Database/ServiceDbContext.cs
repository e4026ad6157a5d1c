using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.Extensions.Hosting;

namespace Transcendence.ServiceDefaults.Database;

/// <summary>A context whose writers take turns.</summary>
/// <param name="options">The context's options.</param>
public abstract class ServiceDbContext(DbContextOptions options) : DbContext(options)
{
    private const int CannotOpen = 14; // SQLITE_CANTOPEN

    // SQLite has one writer at a time. Waiting here is a queue; waiting in SQLite is polling, with a thread blocked in it. With PostgreSQL, the
    // processes that share it take turns in it, each with one connection.
    private static readonly SemaphoreSlim s_writer = new(1, 1);

    /// <summary>
    /// Runs <paramref name="work"/> alone among all writers, in a transaction that takes the write lock before it reads (SQLite's
    /// <c>BEGIN IMMEDIATE</c>, an advisory lock of PostgreSQL): what it read is still true when it writes. Returns after the commit has reached the disk.
    /// </summary>
    /// <typeparam name="T">What <paramref name="work"/> returns.</typeparam>
    /// <param name="work">What to read and to save; when it throws, nothing is changed.</param>
    /// <param name="cancellationToken">Gives up waiting, or the transaction.</param>
    /// <returns>What <paramref name="work"/> returned.</returns>
    /// <exception cref="System.Data.Common.DbException">The database cannot be written.</exception>
    public async Task<T> WriteAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        await s_writer.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // An open handle still takes writes to a file that has been deleted, and nobody would ever read them again.
            if (Database.IsSqlite() && !File.Exists(Database.GetDbConnection().DataSource))
            {
                throw new SqliteException("The database file is gone.", CannotOpen);
            }

            // Microsoft.Data.Sqlite begins IMMEDIATE unless it is asked for a deferred transaction.
            var transaction = await Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                if (Database.IsNpgsql())
                {
                    await Database.ExecuteSqlRawAsync(PostgreSqlDatabase.TakeTurn, cancellationToken).ConfigureAwait(false);
                }

                var result = await work().ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return result;
            }
        }
        finally
        {
            s_writer.Release();
        }
    }

    /// <summary>Brings the tables up to date.</summary>
    /// <exception cref="ServiceStartException">Somebody who develops the service has changed its classes, and what EF Core makes of them has not been made anew.</exception>
    internal Task MigrateAsync(IHostEnvironment environment) => environment.IsDevelopment() && Stale() is { Count: > 0 } commands
        ? throw new ServiceStartException(
            $"The classes that {GetType().Name} stores have changed. In the service's directory: " +
            $"{string.Join("; ", commands.Select(command => $"dotnet tool exec dotnet-ef@{ProductInfo.GetVersion()} {command}"))}. Then build and start it again.")
        : Database.MigrateAsync();

    /// <summary>The commands of <c>dotnet ef</c> that make anew what the classes have left behind.</summary>
    /// <remarks>
    /// At a compiled model EF Core does not look, and what was added to a class since it was made would be stored nowhere. Not seen is what has
    /// no part in a model's description, such as the name of a column; a test sees that. To compare is to build the whole model, a quarter of the
    /// start: not for a service that runs as it was built and tested.
    /// </remarks>
    internal IReadOnlyList<string> Stale()
    {
        var directory = Database.IsNpgsql() ? "/PostgreSql" : "";
        var migrate = $"migrations add NAME --context {GetType().Name} --output-dir Data/Migrations{directory}";
        var compile = $"dbcontext optimize --context {GetType().Name} --output-dir Data/Compiled{directory}";
        return Database.HasPendingModelChanges() ? [migrate, compile]
            : Model.ToDebugString() != this.GetService<IDesignTimeModel>().Model.ToDebugString() ? [compile]
            : [];
    }
}
