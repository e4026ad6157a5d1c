using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.Hosting;
using Transcendence.Alerts.Data;
using Transcendence.Alerts.Watchdog;
using Transcendence.ServiceDefaults;
using Transcendence.ServiceDefaults.Database;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Services;

/// <summary>What EF Core has made of the classes that services store is what it would make of them now.</summary>
public partial class ModelTests
{
    private static readonly IHostEnvironment s_development = new Microsoft.Extensions.Hosting.Internal.HostingEnvironment { EnvironmentName = Environments.Development };

    [Theory]
    [InlineData("Alerts", 1)]
    [InlineData("Backend", 2)]
    public void EveryChangeOfAModelHasAMigration(string service, int contexts)
    {
        var types = Assembly.LoadFrom(ServiceProcess.LocateAssembly($"Transcendence.{service}")).GetTypes().Where(type => type.IsSubclassOf(typeof(ServiceDbContext))).ToList();
        Assert.Equal(contexts, types.Count);
        Assert.All(types, type =>
        {
            var options = (DbContextOptionsBuilder)Activator.CreateInstance(typeof(DbContextOptionsBuilder<>).MakeGenericType(type))!;
            _ = type.Name.StartsWith("PostgreSql", StringComparison.Ordinal) ? options.UseNpgsql("Host=localhost") : options.UseSqlite("Data Source=none.db");
            using var context = (DbContext)Activator.CreateInstance(type, options.Options)!;

            Assert.NotEmpty(context.Database.GetMigrations());
            Assert.Empty(((ServiceDbContext)context).Stale());
            Assert.Equal($"{type.Name}Model", context.Model.GetType().Name); // The compiled one is used.
        });
    }

    [Theory]
    [InlineData("Alerts", "AlertsDbContext", "Data/Compiled")]
    [InlineData("Backend", "BackendDbContext", "Data/Compiled")]
    [InlineData("Backend", "PostgreSqlBackendDbContext", "Data/Compiled/PostgreSql")]
    public async Task ACompiledModelIsThatOfTheClasses(string service, string context, string directory)
    {
        using var made = new TempDirectory();
        var project = $"Transcendence.{service}";
        await Dotnet.RunAsync(
        [
            "tool", "exec", "--yes", $"dotnet-ef@{ProductInfo.GetVersion()}", "dbcontext", "optimize", "--no-build", "--configuration", ServiceProcess.Configuration, "--project", project,
            "--context", context, "--output-dir", made.FullName, "--namespace", $"{project}.{directory.Replace('/', '.')}",
        ]);

        Assert.True(
            Files(made.FullName).SequenceEqual(Files(Path.Combine(ServiceProcess.RepositoryRoot, project, directory))),
            $"{context} has changed. In {project}: dotnet tool exec dotnet-ef@{ProductInfo.GetVersion()} dbcontext optimize --context {context} --output-dir {directory}");

        // Each is given an identity of its own.
        static SortedDictionary<string, string> Files(string directory) =>
            new(Directory.GetFiles(directory).ToDictionary(file => Path.GetFileName(file), file => Identity().Replace(File.ReadAllText(file), "new Guid()")));
    }

    [Fact]
    public async Task WhoChangesAClassIsToldWhatToMakeAnew()
    {
        var options = new DbContextOptionsBuilder<AlertsDbContext>().UseSqlite("Data Source=none.db");
        await using var changed = new ChangedDbContext(new DbContextOptionsBuilder<ChangedDbContext>().UseSqlite("Data Source=none.db").Options);
        await using var stale = new AlertsDbContext(options.UseModel(changed.Model).Options);

        var ef = $"dotnet tool exec dotnet-ef@{ProductInfo.GetVersion()}";
        var e = await Assert.ThrowsAsync<ServiceStartException>(() => changed.MigrateAsync(s_development));
        Assert.EndsWith(
            $": {ef} migrations add NAME --context ChangedDbContext --output-dir Data/Migrations; {ef} dbcontext optimize --context ChangedDbContext --output-dir Data/Compiled. Then build and start it again.",
            e.Message,
            StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<ServiceStartException>(() => stale.MigrateAsync(s_development));
        Assert.EndsWith($": {ef} dbcontext optimize --context AlertsDbContext --output-dir Data/Compiled. Then build and start it again.", e.Message, StringComparison.Ordinal);
    }

    [GeneratedRegex("new Guid\\(\"[^\"]*\"\\)")]
    private static partial Regex Identity();

    private sealed class ChangedDbContext(DbContextOptions<ChangedDbContext> options) : ServiceDbContext(options)
    {
        public DbSet<WatchdogWord> Words => Set<WatchdogWord>();
    }
}
