using Microsoft.EntityFrameworkCore.Design;

namespace Transcendence.Alerts.Data;

/// <summary>How <c>dotnet ef</c> makes the context: without the service and its settings.</summary>
internal sealed class DesignTime : IDesignTimeDbContextFactory<AlertsDbContext>
{
    public AlertsDbContext CreateDbContext(string[] args) => new(new DbContextOptionsBuilder<AlertsDbContext>().UseSqlite().Options);
}
