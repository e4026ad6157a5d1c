using Microsoft.Data.Sqlite;

namespace Transcendence.Tests.Infrastructure;

/// <summary>A service's database, locked by another process, as a backup or a hanging tool would do: every write fails, for real.</summary>
internal sealed class DatabaseLock : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _transaction;

    private DatabaseLock(SqliteConnection connection)
    {
        _connection = connection;
        _transaction = connection.BeginTransaction(deferred: false);
    }

    /// <summary>Locks a database until it is disposed of.</summary>
    /// <param name="path">The database's file.</param>
    public static async Task<DatabaseLock> TakeAsync(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync();
        return new DatabaseLock(connection);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _transaction.Dispose();
        _connection.Dispose();
    }
}
