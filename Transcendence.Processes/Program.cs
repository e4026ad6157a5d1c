using Transcendence.Processes;

const int MaxBodyBytes = 1024; // Nothing here takes one.

return await ServiceStartup.RunAsync(args, async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.AddApiDefaults(MaxBodyBytes);
    builder.Services.AddSingleton<ProcessFile>();
    builder.Services.AddActivatedSingleton<ContainerMetrics>();

    var app = builder.Build();
    app.UseApiDefaults();
    app.MapDefaultEndpoints();
    app.MapGet("/healthz", () => "ok").DisableHttpMetrics(); // cAdvisor's.
    app.MapGet("/", ProcessPage.WriteAsync);

    await app.RunAsync();
});
