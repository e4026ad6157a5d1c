using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Transcendence.ServiceDefaults.Database;

/// <summary>The SQLite file of this service: where it is, and that it is this process's alone.</summary>
internal sealed class DatabaseFile : IDatabase, IDisposable
{
    // A file that another program keeps locked is answered with 503 while somebody still waits for the answer: SQLite's own 30 s are the gateway's too.
    private const int LockTimeoutSeconds = 5;

    // Less than one commit may need.
    private const long LeastFreeBytes = 256 * 1024;

    // A process that was told to end may hold the file a moment longer than its successor needs to start.
    private static readonly TimeSpan s_lockPatience = TimeSpan.FromSeconds(5);

    private readonly string _name;
    private FileStream? _ownership;

    /// <summary>Reads <c>ConnectionStrings:{name}</c>; without it, the file is below the user's local application data folder.</summary>
    /// <exception cref="ServiceStartException">The setting names no file.</exception>
    public DatabaseFile(IConfiguration configuration, string name)
    {
        var setting = configuration.GetConnectionString(name);
        try
        {
            var settings = new SqliteConnectionStringBuilder(setting ?? "") { Mode = SqliteOpenMode.ReadWrite };
            if (!settings.ShouldSerialize("Default Timeout"))
            {
                settings.DefaultTimeout = LockTimeoutSeconds;
            }

            var path = string.IsNullOrWhiteSpace(setting) ? DefaultPath(name) : settings.DataSource;
            Path = path is "" or ":memory:" ? throw new ArgumentException("it names no file") : System.IO.Path.GetFullPath(path);
            settings.DataSource = Path;
            _name = name;
            ConnectionString = settings.ConnectionString;
        }
        catch (ArgumentException e)
        {
            throw new ServiceStartException(
                $"The setting ConnectionStrings:{name} ('{setting}') cannot be used: {e.Message.TrimEnd('.')}. Give it as 'Data Source=/path/to/{name}.db'.", e);
        }
    }

    /// <summary>Connects to the file, which has to exist: a lost file is an error to see, not one to paper over.</summary>
    public string ConnectionString { get; }

    /// <summary>The file's absolute path.</summary>
    public string Path { get; }

    /// <summary>The directory that the file is in.</summary>
    public string Directory => System.IO.Path.GetDirectoryName(Path)!;

    /// <inheritdoc/>
    public void Use(DbContextOptionsBuilder options) => options.UseSqlite(ConnectionString).AddInterceptors(new DurableCommits());

    /// <summary>Takes the file, creates it and its directory when they are missing, brings its tables up to date, and does what is to be done with it first.</summary>
    /// <exception cref="ServiceStartException">It cannot be done; the message says why and what to do.</exception>
    public async Task PrepareAsync(ServiceDbContext context, Func<Task> then, IServiceProvider services)
    {
        try
        {
            System.IO.Directory.CreateDirectory(Directory);
            _ownership = await TakeAsync(Path + ".lock").ConfigureAwait(false);

            // The user version says which build of the service has brought the tables up to date: for the same one there is nothing to do, nor
            // to find out. To set it is also a write that reaches the disk, so that a
            // read-only or full disk is found now and not by the first user.
            // A process killed within a migration leaves EF Core's lock behind, for which the next start would wait for ever;
            // the file is ours, so nobody can be holding it.
            var build = BitConverter.ToInt32(context.GetType().Module.ModuleVersionId.ToByteArray());
            var isUpToDate = await ExecuteAsync("PRAGMA user_version", SqliteOpenMode.ReadWriteCreate).ConfigureAwait(false) is long version && version == build;
            await ExecuteAsync(
                $"""
                PRAGMA user_version = {(isUpToDate ? build : 0)};
                DROP TABLE IF EXISTS "__EFMigrationsLock";
                PRAGMA journal_mode = WAL;
                """).ConfigureAwait(false);
            if (!isUpToDate)
            {
                await context.MigrateAsync(services.GetRequiredService<IHostEnvironment>()).ConfigureAwait(false);
                await ExecuteAsync($"PRAGMA user_version = {build}").ConfigureAwait(false);
            }

            await then().ConfigureAwait(false);
            DataVolumeMetrics.Register(services, Directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException or NotSupportedException)
        {
            throw new ServiceStartException($"The database '{Path}' cannot be used: {e.Message.TrimEnd('.')}. {Remedy(e)}", e);
        }
    }

    /// <summary>Healthy when the file can be opened and read now, and its disk has room to write.</summary>
    public async Task<HealthCheckResult> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync("SELECT name FROM sqlite_schema LIMIT 1", cancellationToken: cancellationToken).ConfigureAwait(false);
            return new DriveInfo(System.IO.Path.GetDirectoryName(Path)!).AvailableFreeSpace < LeastFreeBytes
                ? HealthCheckResult.Unhealthy($"The disk of '{Path}' is full: nothing can be stored.")
                : HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            return HealthCheckResult.Unhealthy($"The database does not answer: {e.Message}");
        }
    }

    public void Dispose() => _ownership?.Dispose();

    // Not by a pooled connection: it keeps an open handle and a page cache, and still answers when the file has been deleted or its disk is gone.
    // Only the last statement may have an answer: Microsoft.Data.Sqlite does not tell what fails after the first row.
    private async Task<object?> ExecuteAsync(string sql, SqliteOpenMode mode = SqliteOpenMode.ReadWrite, CancellationToken cancellationToken = default)
    {
        var settings = new SqliteConnectionStringBuilder(ConnectionString) { Mode = mode, Pooling = false };
        using var connection = new SqliteConnection(settings.ConnectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string DefaultPath(string name)
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0
            ? System.IO.Path.Combine(data, "transcendence", name, name + ".db")
            : throw new ArgumentException("it is not set, and this user has no data folder to use instead (HOME is not set)");
    }

    // A second process would count and keep its writers in order without regard to this one's. The operating system takes
    // the lock back even from a process that was killed.
    private static async Task<FileStream> TakeAsync(string path)
    {
        for (var deadline = DateTime.UtcNow + s_lockPatience; ;)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (DateTime.UtcNow < deadline && IsHeldByAnother(e))
            {
                await Task.Delay(100).ConfigureAwait(false);
            }
        }
    }

    // ERROR_SHARING_VIOLATION on Windows; EWOULDBLOCK on Linux and on macOS.
    private static bool IsHeldByAnother(IOException e) => (e.HResult & 0xFFFF) is 32 or 11 or 35;

    private string Remedy(Exception e) => e switch
    {
        SqliteException { SqliteErrorCode: 1 or 11 or 26 } =>
            "The file is damaged or is not a database: put a backup in its place, or move it away to start with an empty one.",
        SqliteException { SqliteErrorCode: 5 or 6 } =>
            "Stop the other program that keeps it locked.",
        IOException io when IsHeldByAnother(io) =>
            $"Stop the other process that uses it, or give this one a file of its own with ConnectionStrings__{_name}.",
        _ => $"Make its directory writable, with free space, or name another file with ConnectionStrings__{_name}='Data Source=/path/to/{_name}.db'.",
    };
}
