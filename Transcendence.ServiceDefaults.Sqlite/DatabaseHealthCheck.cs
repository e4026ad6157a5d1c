using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Transcendence.ServiceDefaults.Sqlite;

/// <summary>Healthy when the database file can be opened and read now.</summary>
/// <remarks>
/// A pooled connection would not do: it keeps an open handle and a page cache, and still answers when the file has been
/// deleted or its disk is gone.
/// </remarks>
internal sealed class DatabaseHealthCheck(DatabaseFile file) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var connection = new SqliteConnection(file.FreshConnectionString);
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT name FROM sqlite_schema LIMIT 1";
            await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (SqliteException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The database does not answer: {e.Message}");
        }
    }
}
