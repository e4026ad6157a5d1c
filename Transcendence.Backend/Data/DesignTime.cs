using Microsoft.EntityFrameworkCore.Design;

namespace Transcendence.Backend.Data;

/// <summary>How <c>dotnet ef</c> makes the contexts: without the service and its settings.</summary>
internal sealed class DesignTime : IDesignTimeDbContextFactory<BackendDbContext>, IDesignTimeDbContextFactory<PostgreSqlBackendDbContext>
{
    BackendDbContext IDesignTimeDbContextFactory<BackendDbContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<BackendDbContext>().UseSqlite().Options);

    PostgreSqlBackendDbContext IDesignTimeDbContextFactory<PostgreSqlBackendDbContext>.CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgreSqlBackendDbContext>().UseNpgsql().Options);
}
