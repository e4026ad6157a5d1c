using Microsoft.EntityFrameworkCore;
using Transcendence.Backend;
using Transcendence.Backend.Apis;
using Transcendence.Backend.Data;

const int MaxBodyBytes = 64 * 1024;

return await ServiceStartup.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.AddApiDefaults(MaxBodyBytes);

    using var database = builder.AddSqlite<BackendDbContext>("backend");
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddSingleton<BackendMetrics>();
    builder.Services.AddValidation();
    builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = "Transcendence";
        return Task.CompletedTask;
    }));

    var app = builder.Build();
    app.UseApiDefaults();
    app.MapDefaultEndpoints();
    app.MapOpenApi();

    var api = app.MapGroup("/api");
    api.MapHealthApi();
    api.MapPlayersApi();
    api.MapMatchesApi();
    api.MapLeaderboardApi();

    using (var scope = app.Services.CreateScope())
    {
        var context = scope.ServiceProvider.GetRequiredService<BackendDbContext>();
        await database.PrepareAsync(context);
        app.Services.GetRequiredService<BackendMetrics>().Start(await context.Players.CountAsync());
    }

    await app.RunAsync();
});
