using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;

namespace Transcendence.ServiceDefaults.Sqlite;

/// <summary>The SQLite file of this service: where it is, and that it is this process's alone.</summary>
public sealed class DatabaseFile : IDisposable
{
    // A process that was told to end may hold the file a moment longer than its successor needs to start.
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromSeconds(5);

    private const int LockTimeoutSeconds = 5;

    private readonly string _name;
    private FileStream? _ownership;

    private DatabaseFile(string name, SqliteConnectionStringBuilder settings)
    {
        _name = name;
        FullName = settings.DataSource;
        ConnectionString = settings.ConnectionString;
        settings.Pooling = false;
        FreshConnectionString = settings.ConnectionString;
    }

    /// <summary>The absolute path.</summary>
    public string FullName { get; }

    /// <summary>Connects to the file, which has to exist: a lost file is an error to see, not one to paper over.</summary>
    public string ConnectionString { get; }

    /// <summary>As <see cref="ConnectionString"/>, but opens the file anew each time.</summary>
    public string FreshConnectionString { get; }

    /// <summary>
    /// Reads <c>ConnectionStrings:{name}</c>; without it, the file is below the user's local application data folder.
    /// </summary>
    /// <param name="configuration">The service's configuration.</param>
    /// <param name="name">The name of the database, which is the service's: <c>backend</c>, <c>alerts</c>.</param>
    /// <returns>The file, which need not exist yet.</returns>
    /// <exception cref="ServiceStartException">The setting names no file.</exception>
    public static DatabaseFile FromConfiguration(IConfiguration configuration, string name)
    {
        var setting = configuration.GetConnectionString(name);
        try
        {
            var settings = new SqliteConnectionStringBuilder(setting ?? "") { Mode = SqliteOpenMode.ReadWrite };
            if (string.IsNullOrWhiteSpace(setting))
            {
                settings.DataSource = DefaultPath(name);
            }

            // A file that another program keeps locked is answered with 503 while somebody still waits for the answer: SQLite's own 30 s are the gateway's too.
            if (!settings.ShouldSerialize("Default Timeout"))
            {
                settings.DefaultTimeout = LockTimeoutSeconds;
            }

            if (settings.DataSource is "" or ":memory:")
            {
                throw new ArgumentException("it names no file");
            }

            settings.DataSource = Path.GetFullPath(settings.DataSource);
            return new DatabaseFile(name, settings);
        }
        catch (ArgumentException e)
        {
            throw new ServiceStartException(
                $"The setting ConnectionStrings:{name} ('{setting}') cannot be used: {e.Message.TrimEnd('.')}. Give it as 'Data Source=/path/to/{name}.db'.", e);
        }
    }

    /// <summary>
    /// Takes the file, creates it and its directory when they are missing, and brings its tables up to date.
    /// </summary>
    /// <param name="context">A context on this file.</param>
    /// <exception cref="ServiceStartException">It cannot be done; the message says why and what to do.</exception>
    public async Task PrepareAsync(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FullName)!);
            _ownership = await TakeAsync(FullName + ".lock").ConfigureAwait(false);
            await CreateAsync().ConfigureAwait(false);
            await context.Database.MigrateAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException or NotSupportedException)
        {
            throw new ServiceStartException($"The database '{FullName}' cannot be used: {e.Message.TrimEnd('.')}. {Remedy(e)}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ownership?.Dispose();

    private static string DefaultPath(string name)
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0
            ? Path.Combine(data, "transcendence", name, name + ".db")
            : throw new ArgumentException("it is not set, and this user has no data folder to use instead (HOME is not set)");
    }

    // A second process would count and keep its writers in order without regard to this one's. The operating system takes
    // the lock back even from a process that was killed.
    private static async Task<FileStream> TakeAsync(string path)
    {
        for (var waited = TimeSpan.Zero; ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (waited < s_lockPatience && IsHeldByAnother(e))
            {
                var pause = TimeSpan.FromMilliseconds(100);
                await Task.Delay(pause).ConfigureAwait(false);
                waited += pause;
            }
        }
    }

    // ERROR_SHARING_VIOLATION on Windows; EWOULDBLOCK on Linux and on macOS.
    private static bool IsHeldByAnother(IOException e) => (e.HResult & 0xFFFF) is 32 or 11 or 35;

    private async Task CreateAsync()
    {
        var settings = new SqliteConnectionStringBuilder(FreshConnectionString) { Mode = SqliteOpenMode.ReadWriteCreate };
        using var connection = new SqliteConnection(settings.ConnectionString);
        await connection.OpenAsync().ConfigureAwait(false);
        using var command = connection.CreateCommand();

        // The user version is of no use to us: setting it is a write that reaches the disk, so that a read-only or full
        // disk is found now and not by the first user.
        // A process killed within a migration leaves EF Core's lock behind, for which the next start would wait for ever;
        // the file is ours, so nobody can be holding it.
        command.CommandText =
            """
            PRAGMA journal_mode = WAL;
            PRAGMA user_version = 1;
            DROP TABLE IF EXISTS "__EFMigrationsLock";
            """;
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private string Remedy(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: 11 or 26 } =>
            "The file is damaged or is not a database: put a backup in its place, or move it away to start with an empty one.",
        IOException io when IsHeldByAnother(io) =>
            $"Stop the other process that uses it, or give this one a file of its own with ConnectionStrings__{_name}.",
        _ => $"Make its directory writable, with free space, or name another file with ConnectionStrings__{_name}='Data Source=/path/to/{_name}.db'.",
    };
}
