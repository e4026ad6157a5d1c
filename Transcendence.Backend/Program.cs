using Transcendence.Backend;
using Transcendence.Backend.Apis;

const int MaxBodyBytes = 64 * 1024;

return await ServiceStartup.RunAsync(args, async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.AddApiDefaults(MaxBodyBytes);
    builder.AddSqlite<BackendDbContext>("backend");
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

    // The gauge starts from what the database has; from then on, this process alone changes it.
    await app.PrepareDatabaseAsync<BackendDbContext>(async db => app.Services.GetRequiredService<BackendMetrics>().Players.Set(await db.Players.CountAsync()));
    await app.RunAsync();
}, DatabaseBackup.Commands("backend"));
