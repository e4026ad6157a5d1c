using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Transcendence.ServiceDefaults.Database;

/// <summary>
/// Sets <c>synchronous = FULL</c> on every connection: with WAL, SQLite then syncs the log at each commit, so what was
/// acknowledged outlives not only the process but the machine's power. (NORMAL would sync at checkpoints only.)
/// </summary>
internal sealed class DurableCommits : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA synchronous = FULL;";
        command.ExecuteNonQuery();
    }

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionOpened(connection, eventData); // SQLite knows no other way, whatever the methods are called.
        return Task.CompletedTask;
    }
}
