using Transcendence.Backend;
using Transcendence.Backend.Apis;

const int MaxBodyBytes = 64 * 1024;

return await ServiceStartup.RunAsync(args, async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.AddApiDefaults(MaxBodyBytes);
    var isShared = builder.AddDatabase<BackendDbContext, PostgreSqlBackendDbContext>("backend");
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddSingleton<BackendMetrics>();
    builder.Services.AddValidation();
    builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = "Transcendence";
        return Task.CompletedTask;
    }));

    await using var app = builder.Build();
    app.UseApiDefaults();
    app.MapDefaultEndpoints();
    app.MapOpenApi();

    var api = app.MapGroup("/api");
    api.MapHealthApi();
    api.MapPlayersApi();
    api.MapMatchesApi();
    api.MapLeaderboardApi();

    // The gauge starts from what the database has; from then on, this process alone changes it, unless others do too.
    var metrics = app.Services.GetRequiredService<BackendMetrics>();
    await app.PrepareDatabaseAsync<BackendDbContext>(async db => metrics.Players.Set(await db.Players.CountAsync()));
    if (isShared)
    {
        metrics.CountPlayersAtEachScrape(app.Services);
    }

    await app.RunAsync();
}, DatabaseBackup.Commands("backend"));
