using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Transcendence.Hosting.Dashboard;

namespace Transcendence.Tests.Dashboard;

public sealed class DashboardStartTests
{
    [Fact]
    public async Task A_port_in_use_is_named_with_the_setting_and_the_rest_runs()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var server = await Start($"--Dashboard:Port={port}");

        Assert.Null(server.LoginUrl);
        Assert.Contains($"port {port}, or set 'Dashboard:Port' to another port.", server.Problem, StringComparison.Ordinal);
        Assert.Contains("in use", server.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("-1")]
    [InlineData("65536")]
    public async Task A_port_that_is_none_is_named_with_the_remedy(string port)
    {
        var server = await Start($"--Dashboard:Port={port}");

        Assert.Contains($"'Dashboard:Port' is '{port}'. Set it to a port from 1 to 65535", server.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_given_port_is_used_and_without_a_given_token_each_run_has_its_own()
    {
        var port = Infrastructure.FreePort.Next();

        var first = await Start($"--Dashboard:Port={port}");
        var second = await Start("--Dashboard:Port=0");

        Assert.Equal($"http://localhost:{port}", first.Url);
        Assert.Matches($"^http://localhost:{port}/login\\?t=[0-9a-f]{{32}}$", first.LoginUrl);
        Assert.NotEqual(first.LoginUrl!.Split('=')[1], second.LoginUrl!.Split('=')[1]);
    }

    [Fact]
    public async Task Tests_run_without_it_unless_they_ask_for_it()
    {
        await using var builder = DistributedApplicationTestingBuilder.Create();
        var app = await builder.BuildAsync();
        await app.StartAsync();

        Assert.Null(app.Services.GetRequiredService<DashboardServer>().Url);
        await app.StopAsync();
    }

    /// <summary>Starts an application, which must succeed, and stops it: what its dashboard was is still known then.</summary>
    private static async Task<DashboardServer> Start(params string[] args)
    {
        await using var builder = DistributedApplicationTestingBuilder.Create(args, (options, _) => options.DisableDashboard = false);
        var app = await builder.BuildAsync();
        await app.StartAsync();
        await app.StopAsync();
        return app.Services.GetRequiredService<DashboardServer>();
    }
}
