using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Services;

/// <summary>What each start of a service relies on.</summary>
public class MigrationsTests
{
    [Theory]
    [InlineData("Alerts", "AlertsDbContext")]
    [InlineData("Backend", "BackendDbContext")]
    [InlineData("Backend", "PostgreSqlBackendDbContext")]
    public void EveryChangeOfAModelHasAMigration(string service, string name)
    {
        var type = Assembly.LoadFrom(ServiceProcess.LocateAssembly($"Transcendence.{service}")).GetType($"Transcendence.{service}.Data.{name}", throwOnError: true)!;
        var options = (DbContextOptionsBuilder)Activator.CreateInstance(typeof(DbContextOptionsBuilder<>).MakeGenericType(type))!;
        _ = name.StartsWith("PostgreSql", StringComparison.Ordinal) ? options.UseNpgsql("Host=localhost") : options.UseSqlite("Data Source=none.db");
        using var context = (DbContext)Activator.CreateInstance(type, options.Options)!;

        Assert.NotEmpty(context.Database.GetMigrations());
        Assert.False(context.Database.HasPendingModelChanges(), $"dotnet ef migrations add NAME --project Transcendence.{service} --context {name}");
    }
}
