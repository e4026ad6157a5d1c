using Transcendence.Alerts.Api;

const int MaxBodyBytes = 1024 * 1024;

return await ServiceStartup.RunAsync(args, async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.AddApiDefaults(MaxBodyBytes);
    builder.Services.AddSingleton(AlertsOptions.Read(builder.Configuration));
    builder.AddDatabase<AlertsDbContext>("alerts");
    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddScoped<AlertInbox>();
    builder.Services.AddActivatedSingleton<AlertMetrics>();
    builder.Services.AddHostedService<HistoryCleanup>();
    builder.AddReconciliation();
    builder.AddChannels();
    builder.AddWatchdog();
    builder.Services.AddSingleton<RunbookFiles>();
    builder.Services.AddValidation();
    builder.Services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = "Transcendence alerts";
        return Task.CompletedTask;
    }));

    await using var app = builder.Build();
    app.UseApiDefaults();
    app.MapDefaultEndpoints();
    app.MapOpenApi();

    app.MapCriticalAlertsApi();
    app.MapRunbooksApi();
    var api = app.MapGroup("/api");
    api.MapAlertsApi();
    api.MapWebhookApi();
    api.MapWatchdogApi();
    api.MapNotifyApi();

    await app.PrepareDatabaseAsync<AlertsDbContext>();
    await app.RunAsync();
}, DatabaseBackup.Commands("alerts"));
