using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Transcendence.ServiceDefaults.Sqlite;

/// <summary>
/// Records how long each commit takes. SQLite writes and syncs its log then, and not while it executes the commands: a slow
/// disk shows here and nowhere else.
/// </summary>
internal sealed class CommitMetrics : DbTransactionInterceptor
{
    private const string Operation = "commit";

    /// <inheritdoc/>
    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) =>
        DatabaseMetrics.ObserveQuery(Operation, eventData.Duration);

    /// <inheritdoc/>
    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        DatabaseMetrics.ObserveQuery(Operation, eventData.Duration);
        return Task.CompletedTask;
    }
}
