using Transcendence.Alerts;
using Transcendence.Alerts.Api;

const int MaxBodyBytes = 1024 * 1024;

return await ServiceStartup.RunAsync(args, async () =>
{
    // The page lies beside the program, from wherever it is started.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddServiceDefaults();
    builder.AddApiDefaults(MaxBodyBytes);
    var options = AlertsOptions.Read(builder.Configuration);
    builder.Services.AddSingleton(options);
    builder.AddLogin(new() { Service = "alerts", Name = "the alert inbox", Title = "Alerts", Note = "The inbox of the monitoring.", Hint = options.LoginHint });
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
    app.UsePages();
    app.UseLogin();

    // What machines call is open to all: these, and where Alertmanager sends what it has to tell.
    app.MapDefaultEndpoints();
    app.MapOpenApi().AllowAnonymous();
    app.MapLogin();
    app.MapInboxPage();
    app.MapCriticalAlertsApi();
    app.MapRunbooksApi();
    var api = app.MapGroup("/api");
    api.MapAlertsApi();
    api.MapAcknowledgementApi();
    api.MapSilencesApi();
    api.MapWebhookApi();
    api.MapWatchdogApi();
    api.MapNotifyApi();

    await app.PrepareDatabaseAsync<AlertsDbContext>();
    await app.RunAsync();
}, DatabaseBackup.Commands("alerts"));
