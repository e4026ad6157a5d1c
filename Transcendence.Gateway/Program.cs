using Transcendence.Gateway;
using Transcendence.ServiceDefaults;

const int MaxBodyBytes = 64 * 1024; // The backend's limit: what it would refuse is not sent to it.

return await ServiceStartup.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.AddApiDefaults(MaxBodyBytes);
    builder.Services.AddHttpForwarder();
    builder.Services.AddSingleton<BackendClientFactory>();
    builder.Services.AddSingleton<BackendProxy>();

    var managementPort = builder.Configuration.GetValue<int?>(Doors.ManagementPortSetting);

    await using var app = builder.Build();
    app.UseApiDefaults();
    app.UseDoors(managementPort);
    app.UseRouting();
    app.MapDefaultEndpoints();
    app.Map(Doors.Api + "/{**rest}", app.Services.GetRequiredService<BackendProxy>().ForwardAsync);

    await app.StartAsync();
    if (managementPort is { } port && !app.Urls.Any(url => BindingAddress.Parse(url).Port == port))
    {
        await app.StopAsync();
        throw new ServiceStartException(
            $"{Doors.ManagementPortSetting} is {port}, but the gateway listens on {string.Join(", ", app.Urls)} only: add the port to ASPNETCORE_URLS.");
    }

    await app.WaitForShutdownAsync();
});
