namespace Transcendence.AppHost;

/// <summary>What our services need of the model.</summary>
internal static class ServiceBuilderExtensions
{
    /// <summary>Has the service listen there, in its container too.</summary>
    public static IResourceBuilder<ProjectResource> WithPort(this IResourceBuilder<ProjectResource> builder, int port) => builder
        .WithEndpoint("http", endpoint => endpoint.Port = port);

    /// <summary>Names the page that a user should see first.</summary>
    public static IResourceBuilder<ProjectResource> WithPage(this IResourceBuilder<ProjectResource> builder, string path, string text) => builder
        .WithUrlForEndpoint("http", url => (url.Url, url.DisplayText) = (path, text));

    /// <summary>Adds an endpoint on which only metrics and health are served, and tells the health by it: nothing of both is on the public one.</summary>
    public static IResourceBuilder<ProjectResource> WithManagementEndpoint(this IResourceBuilder<ProjectResource> builder, int port)
    {
        const string Name = "management";
        return builder
            .WithHttpEndpoint(port, name: Name)
            .WithEnvironment("Management__Port", builder.GetEndpoint(Name).Property(EndpointProperty.TargetPort))
            .WithUrlForEndpoint(Name, url => (url.DisplayText, url.DisplayLocation) = ("Metrics and health", UrlDisplayLocation.DetailsOnly))
            .WithHttpHealthCheck("/health", endpointName: Name);
    }

    /// <summary>What holds for all our services.</summary>
    public static void ConfigureServices(this IDistributedApplicationBuilder builder)
    {
        foreach (var service in builder.Resources.OfType<ProjectResource>().Select(builder.CreateResourceBuilder).ToList())
        {
            service.StartAsBuiltProgram();
            // None of them speaks HTTPS; for one that could, Aspire misses a development certificate, in red on its dashboard.
#pragma warning disable ASPIRECERTIFICATES001 // The one way to say so.
            service.WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001
            if (!builder.ExecutionContext.IsRunMode)
            {
                continue;
            }

            // At the end the dashboard is gone first. By default each exporter would wait ten seconds for it, and the service be killed.
            service.WithEnvironment("OTEL_EXPORTER_OTLP_TIMEOUT", "1000");
            // Aspire has each send its metrics every second, and its dashboard writes them to the disk: 3 MB a second, measured.
            service.WithEnvironment("OTEL_METRIC_EXPORT_INTERVAL", "10000");
            // Faster code for long runs costs a third of the CPU of a start, and most of that of a service at rest: each method that has been called thirty times is compiled
            // again (bench/README.md). Here many starts are short, so what is called often (10,000 times, which is 2710 in hexadecimal) is. On a server all of it is on.
            service.WithEnvironment("DOTNET_TieredPGO", "0").WithEnvironment("DOTNET_TC_CallCountThreshold", "2710");
            // What glibc keeps for each thread to allocate from, the compiler fills and leaves: 5 MB of a service.
            service.WithEnvironment("MALLOC_ARENA_MAX", "1");
        }

        foreach (var viewer in builder.Resources.OfType<GrafanaProjectResource>().ToList())
        {
            builder.CreateResourceBuilder(viewer).WithHints();
        }
    }
}
