var builder = DistributedApplication.CreateBuilder(args);
for (var i = 0; i < 5; i++)
{
    // Started as the program that was built, as ours are, and without a proxy.
    builder.AddProject<Projects.EmptyWeb>($"web{i}", options => options.ExcludeLaunchProfile = true)
        .WithHttpEndpoint(port: 28001 + i, isProxied: false)
        .WithHttpHealthCheck("/health");
}

builder.Build().Run();
