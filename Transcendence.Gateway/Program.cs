using Transcendence.Gateway;
using Transcendence.ServiceDefaults;
using Yarp.ReverseProxy.Transforms;

const int MaxBodyBytes = 64 * 1024; // The backend's limit: what it would refuse is not sent to it.

// What a client says of who forwarded its request, and of the page that asked: that is judged here, by the name under which the
// gateway was called. The backend goes by another one.
string[] notHandedOn = ["Forwarded", "Origin", "Sec-Fetch-Site"];
var connectTimeout = TimeSpan.FromSeconds(3); // A backend that is there takes a connection at once.
var connectionLifetime = TimeSpan.FromMinutes(1); // Replicas that came later get their share: their addresses are asked for with each new connection.

return await ServiceStartup.RunAsync(args, async () =>
{
    var builder = WebApplication.CreateBuilder(args);
    builder.AddServiceDefaults();
    builder.AddApiDefaults(MaxBodyBytes);
    builder.AddKnownProxies();
    builder.Services.AddReverseProxy()
        .LoadFromConfig(builder.Configuration.GetSection("ReverseProxy"))
        .AddServiceDiscoveryDestinationResolver()
        .AddTransforms(transforms => Array.ForEach(notHandedOn, name => transforms.AddRequestHeaderRemove(name)))
        .ConfigureHttpClient((_, handler) => (handler.ConnectTimeout, handler.PooledConnectionLifetime) = (connectTimeout, connectionLifetime));
    builder.Services.AddProxyErrors();
    builder.Services.AddHostedService<GatewayProbe>();

    var managementPort = builder.Configuration.GetValue<int?>(Doors.ManagementPortSetting);

    await using var app = builder.Build();
    app.UseApiDefaults();
    app.UseDoors(managementPort);
    app.UseRouting();
    app.MapDefaultEndpoints();
    app.MapReverseProxy(proxy =>
    {
        proxy.UseWebSocketCluster();
        proxy.UseLoadBalancing();
    }).ConfigureEndpoints((endpoint, route) =>
    {
        if (route.RouteId == GatewayProbe.Route)
        {
            endpoint.DisableHttpMetrics();
        }
    });

    await app.StartAsync();
    if (managementPort is { } port && !app.Urls.Any(url => BindingAddress.Parse(url).Port == port))
    {
        await app.StopAsync();
        throw new ServiceStartException(
            $"{Doors.ManagementPortSetting} is {port}, but the gateway listens on {string.Join(", ", app.Urls)} only: add the port to ASPNETCORE_URLS.");
    }

    await app.WaitForShutdownAsync();
});
