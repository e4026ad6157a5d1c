namespace Transcendence.ServiceDefaults.Database;

/// <summary>Brings tables up to date.</summary>
internal static class Migrations
{
    /// <summary>Applies the migrations that are missing, at most starts none.</summary>
    /// <remarks>
    /// Whether the model has changes that no migration has is asked by a test, and not, as EF Core's <c>MigrateAsync</c> does, at each start:
    /// for that the whole model is built a second time.
    /// </remarks>
    public static async Task MigrateAsync(this DbContext context)
    {
        if ((await context.Database.GetPendingMigrationsAsync().ConfigureAwait(false)).Any())
        {
            await context.Database.MigrateAsync().ConfigureAwait(false);
        }
    }
}
