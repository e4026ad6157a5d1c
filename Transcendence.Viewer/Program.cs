using Transcendence.Viewer;
using Transcendence.Viewer.Queries;

const int MaxBodyBytes = 64 * 1024;

return await ServiceStartup.RunAsync(args, async () =>
{
    // The pages lie beside the program, from wherever it is started.
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    builder.AddServiceDefaults();
    builder.AddApiDefaults(MaxBodyBytes);
    var options = ViewerOptions.Read(builder.Configuration);
    builder.Services.AddSingleton(options);
    builder.AddLogin(new() { Service = "viewer", Name = ViewerOptions.Service, Title = "Dashboards", Note = "Built-in viewer – this is not Grafana.", Hint = options.LoginHint });

    builder.Services.AddActivatedSingleton<ProvisioningFiles>(); // So that what is wrong with them is in the log from the start.
    builder.Services.AddSingleton<PrometheusProxy>();
    builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1)); // A query that is cut off is no loss.

    await using var app = builder.Build();
    app.UseApiDefaults();
    app.UsePages();
    app.UseLogin();

    app.MapDefaultEndpoints();
    app.MapLogin();
    app.MapPages();
    app.MapViewerApi();
    app.Services.GetRequiredService<PrometheusProxy>().Map(app);

    await app.RunAsync();
});
