using System.Net;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Viewer;

/// <summary>From where a viewer can be started, and what it says when it cannot.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("GF_SECURITY_ADMIN_USER", "", "GF_SECURITY_ADMIN_USER is not set")]
    [InlineData("GF_SECURITY_ADMIN_PASSWORD", "", "GF_SECURITY_ADMIN_PASSWORD is not set")]
    [InlineData("GF_PATHS_PROVISIONING", "", "GF_PATHS_PROVISIONING is not set")]
    [InlineData("GF_PATHS_PROVISIONING", "/does/not/exist", "GF_PATHS_PROVISIONING is '/does/not/exist', which cannot be read")]
    [InlineData("GF_PATHS_PROVISIONING", "/etc/passwd", "GF_PATHS_PROVISIONING is '/etc/passwd', which cannot be read")]
    [InlineData("Viewer__QueryTimeout", "soon", "00:00:30")]
    [InlineData("Viewer__QueryTimeout", "00:00:00", "Viewer:QueryTimeout is 00:00:00")]
    [InlineData("Viewer__MaxAnswerBytes", "0", "Viewer:MaxAnswerBytes is 0")]
    public async Task WhatKeepsItFromStartingIsSaidInALine(string variable, string value, string message)
    {
        var error = await RunningViewer.RefuseToStartAsync((variable, value));
        Assert.Contains(message, Assert.Single(error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATakenPortIsSaidInALine()
    {
        await using var first = await RunningViewer.StartAsync();
        var error = await RunningViewer.RefuseToStartAsync(("ASPNETCORE_URLS", first.Address.ToString()));
        Assert.Contains("The service cannot listen", Assert.Single(error.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task ItStartsFromAnywhereWithoutAWarningAndLeavesNothingBehind(string environment)
    {
        using var directory = new TempDirectory();
        await RunningViewer.ProvisionAsync(directory, new Uri("http://127.0.0.1:9"));
        var home = Directory.CreateDirectory(directory["home"]).FullName;
        var start = new ProcessStartInfo("dotnet", [ServiceProcess.LocateAssembly("Transcendence.Viewer")])
        {
            WorkingDirectory = home,
            RedirectStandardOutput = true,
            Environment = { ["HOME"] = home, ["XDG_DATA_HOME"] = null, ["ASPNETCORE_ENVIRONMENT"] = environment, ["ASPNETCORE_URLS"] = "http://127.0.0.1:0" },
        };
        foreach (var (name, value) in RunningViewer.Settings(directory))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        try
        {
            var log = new List<string>();
            while (!log.Exists(line => line.Contains("Content root path", StringComparison.Ordinal)))
            {
                log.Add(await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)) ?? throw new InvalidOperationException(string.Join('\n', log)));
            }

            var address = new Uri(Regex.Match(string.Join('\n', log), @"http://127\.0\.0\.1:\d+").Value);
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
            foreach (var path in (string[])["/login", "/public/viewer.css", "/public/lib/uplot/uPlot.esm.js", "/public/shared/theme.js", "/favicon.ico"])
            {
                using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }

            Assert.All(log, line => Assert.StartsWith("info: ", line, StringComparison.Ordinal));
            Assert.DoesNotContain(Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories), path => !path.Contains(".dotnet", StringComparison.Ordinal));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }
}
