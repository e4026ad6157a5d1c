using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Transcendence.ServiceDefaults.Sqlite;

/// <summary>
/// Sets <c>synchronous = FULL</c> on every connection: with WAL, SQLite then syncs the log at each commit, so what was
/// acknowledged outlives not only the process but the machine's power. (NORMAL would sync at checkpoints only.)
/// </summary>
internal sealed class DurableCommits : DbConnectionInterceptor
{
    private const string Pragma = "PRAGMA synchronous = FULL;";

    /// <inheritdoc/>
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragma;
        command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public override async Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Pragma;
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
