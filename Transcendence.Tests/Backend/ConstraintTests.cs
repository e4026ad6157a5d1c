using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Transcendence.ServiceDefaults;
using Transcendence.ServiceDefaults.Database;

namespace Transcendence.Tests.Backend;

/// <summary>What a service answers when its database refuses what its validation has let through.</summary>
public sealed class ConstraintTests
{
    [Theory]
    [InlineData("name=New", 200)]
    [InlineData("name=Ann", 409)] // UNIQUE
    [InlineData("name=New&id=1", 409)] // PRIMARY KEY
    [InlineData("name=New&parentId=99", 409)] // FOREIGN KEY
    [InlineData("name=New&points=-1", 400)] // CHECK
    [InlineData("", 400)] // NOT NULL
    [InlineData("name=trigger", 503)] // Nobody has said what it means.
    public async Task AViolatedConstraintIsTheClientsFaultAndNoFailureOfTheDatabase(string query, int status)
    {
        using var directory = new TempDirectory();
        await File.WriteAllBytesAsync(directory["items.db"], []);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:items", $"Data Source={directory["items.db"]};Pooling=False")]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Prometheus.Metrics.NewCustomRegistry());
        builder.AddServiceDefaults();
        builder.AddApiDefaults(1024);
        builder.AddDatabase<ItemsContext>("items");
        await using var app = builder.Build();
        app.UseApiDefaults();
        app.MapPost("/items", async (ItemsContext db, string? name, long? id, long? parentId, int points = 0) => await db.WriteAsync(
            async () =>
            {
                db.Add(new Item { Id = id ?? 0, Name = name!, ParentId = parentId, Points = points });
                return await db.SaveChangesAsync();
            },
            CancellationToken.None));

        await using (var scope = app.Services.CreateAsyncScope())
        {
            var database = scope.ServiceProvider.GetRequiredService<ItemsContext>().Database;
            await database.EnsureCreatedAsync();
            await database.ExecuteSqlRawAsync(
                """
                INSERT INTO Items (Id, Name, Points) VALUES (1, 'Ann', 0);
                CREATE TRIGGER T BEFORE INSERT ON Items WHEN NEW.Name = 'trigger' BEGIN SELECT RAISE(ABORT, 'no'); END;
                """);
        }

        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var response = await client.SendAsync("POST", "/items?" + query);
        if (status == 200)
        {
            Assert.Equal(200, (int)response.StatusCode);
        }
        else
        {
            var problem = await response.ProblemAsync(status);
            Assert.DoesNotContain("Items", problem.GetRawText(), StringComparison.Ordinal); // Our tables are nobody's business.
            Assert.Equal(status == 503, response.Headers.RetryAfter is not null);
        }
    }

    private sealed class ItemsContext(DbContextOptions<ItemsContext> options) : ServiceDbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Item>(item =>
        {
            item.ToTable("Items", table => table.HasCheckConstraint("CK_Points", "Points >= 0"));
            item.HasIndex(i => i.Name).IsUnique();
            item.HasOne<Item>().WithMany().HasForeignKey(i => i.ParentId);
        });
    }

    private sealed class Item
    {
        public long Id { get; init; }

        public required string Name { get; init; }

        public long? ParentId { get; init; }

        public int Points { get; init; }
    }
}
