using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Transcendence.ServiceDefaults.Database;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Services;

/// <summary>The tables of the services are those of their models.</summary>
public class MigrationsTests
{
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
            Assert.False(context.Database.HasPendingModelChanges(), $"{type.Name} has changes that no migration has: dotnet ef migrations add NAME --context {type.Name}");
        });
    }
}
