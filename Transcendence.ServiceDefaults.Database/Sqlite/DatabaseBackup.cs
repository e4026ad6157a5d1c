using Microsoft.Extensions.Configuration;

namespace Transcendence.ServiceDefaults.Database;

/// <summary>Copies the database of a service while it runs, and takes a copy back.</summary>
public static class DatabaseBackup
{
    /// <summary>The commands of a program that has the database: <c>--backup</c> and <c>--restore</c>.</summary>
    /// <param name="name">The name of the database, as in <see cref="DatabaseExtensions.AddDatabase{TContext}"/>.</param>
    /// <returns>What <see cref="ServiceStartup.RunAsync"/> takes.</returns>
    public static (string Option, Func<IConfiguration, Task> Run)[] Commands(string name) =>
        [("--backup", configuration => WriteAsync(configuration, name)), ("--restore", configuration => RestoreAsync(configuration, name))];

    /// <summary>Writes a copy of the database to standard output: one moment of it, whole, whatever is written meanwhile.</summary>
    /// <param name="configuration">The service's configuration.</param>
    /// <param name="name">The name of the database, as in <see cref="DatabaseExtensions.AddDatabase{TContext}"/>.</param>
    /// <returns>When all of it is written.</returns>
    /// <exception cref="ServiceStartException">There is no such database, or it cannot be read; nothing was written.</exception>
    /// <remarks>See "SQLite Backup API" in SQLite's documentation. The copy needs as much room beside the database as it has, for a moment.</remarks>
    public static async Task WriteAsync(IConfiguration configuration, string name)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        using var file = new DatabaseFile(configuration, name);
        var copy = Path.Combine(file.Directory, $".backup-{Environment.ProcessId}.db");
        try
        {
            using (var source = new SqliteConnection(new SqliteConnectionStringBuilder(file.ConnectionString) { Pooling = false }.ConnectionString))
            using (var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false }.ConnectionString))
            {
                await source.OpenAsync().ConfigureAwait(false);
                await target.OpenAsync().ConfigureAwait(false);
                source.BackupDatabase(target);
            }

            var output = Console.OpenStandardOutput();
            using var input = File.OpenRead(copy);
            await input.CopyToAsync(output).ConfigureAwait(false);
            await output.FlushAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new ServiceStartException($"The database '{name}' cannot be backed up: {e.Message.TrimEnd('.')}. Look whether the service has made it, and make room in {file.Directory}.", e);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>Makes the database of what standard input has, where there is none yet.</summary>
    /// <param name="configuration">The service's configuration.</param>
    /// <param name="name">The name of the database.</param>
    /// <returns>When it is there.</returns>
    /// <exception cref="ServiceStartException">There is a database, what was read is none, or it cannot be written; nothing was changed.</exception>
    public static async Task RestoreAsync(IConfiguration configuration, string name)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        using var file = new DatabaseFile(configuration, name);
        var copy = Path.Combine(file.Directory, $".restore-{Environment.ProcessId}.db");
        try
        {
            // A log that another database has left would be taken for the new one's.
            if (((string[])["", "-wal", "-shm", "-journal"]).Select(suffix => file.Path + suffix).FirstOrDefault(File.Exists) is { } old)
            {
                throw new IOException($"'{old}' is there");
            }

            Directory.CreateDirectory(file.Directory);
            using (var output = File.Create(copy))
            {
                await Console.OpenStandardInput().CopyToAsync(output).ConfigureAwait(false);
                output.Flush(flushToDisk: true);
                if (output.Length == 0)
                {
                    throw new IOException("nothing was read");
                }
            }

            using (var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = copy, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ConnectionString))
            {
                await connection.OpenAsync().ConfigureAwait(false);
                using var check = connection.CreateCommand();
                check.CommandText = "PRAGMA journal_mode = DELETE; PRAGMA quick_check;";
                using var result = await check.ExecuteReaderAsync().ConfigureAwait(false);
                await result.NextResultAsync().ConfigureAwait(false);
                if (!await result.ReadAsync().ConfigureAwait(false) || result.GetString(0) != "ok")
                {
                    throw new IOException("what was read is damaged");
                }
            }

            File.Move(copy, file.Path); // Fails where one is.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException)
        {
            throw new ServiceStartException(
                $"The database '{file.Path}' cannot be made of the backup: {e.Message.TrimEnd('.')}. Move away what is there; else take another backup, or make its directory writable. Nothing was changed.", e);
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
