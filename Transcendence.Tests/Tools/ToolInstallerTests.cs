using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Transcendence.Hosting.Tools;

namespace Transcendence.Tests.Tools;

/// <summary>Finding and fetching tools: with a tool, a PATH and a server of the tests' own.</summary>
public sealed class ToolInstallerTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Cache => _directory["cache"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task AToolOnPATHIsUsedWhereItIs()
    {
        FakeTool.Put(_directory["bin"], "faketool", FakeTool.Script("1.2.3"));
        FakeTool.Put(_directory["bin"], "fakectl", FakeTool.Script("1.2.3"));
        var installer = Installer();

        var installed = await installer.InstallAsync(FakeTool.Describe(minimum: new Version(1, 2)));

        Assert.Equal(new InstalledTool(_directory["bin/faketool"], "", ToolSource.Path, "1.2.3"), installed);
        Assert.Equal(_directory["bin/fakectl"], ToolInstaller.FindCompanion(installed, "fakectl"));
        Assert.Null(ToolInstaller.FindCompanion(installed, "nothing"));
        Assert.False(Directory.Exists(Cache), "Nothing had to be fetched.");
    }

    [Fact]
    public async Task AToolUnderADistributionsNameIsFound()
    {
        FakeTool.Put(_directory["bin"], "distribution-faketool", FakeTool.Script("1.2.3"));
        var installer = Installer();

        var installed = await installer.InstallAsync(FakeTool.Describe());

        Assert.Equal(_directory["bin/distribution-faketool"], installed.Command);
    }

    [Fact]
    public async Task AToolOnPATHThatIsBrokenOrTooOldIsPassedOver()
    {
        FakeTool.Put(_directory["broken"], "faketool", "#!/bin/sh\necho 'cannot open shared object' >&2\nexit 127\n");
        FakeTool.Put(_directory["old"], "faketool", FakeTool.Script("1.2.3"));
        FakeTool.Put(_directory["foreign"], "faketool", "\u007fELF of another machine");
        FakeTool.Put(_directory["new"], "faketool", FakeTool.Script("2.0.1"));
        var tool = FakeTool.Describe(minimum: new Version(2, 0));
        Assert.Equal(_directory["new/faketool"], (await Installer("broken", "old", "foreign", "new").InstallAsync(tool)).Command);

        var exception = await Assert.ThrowsAsync<ToolNotAvailableException>(() => Installer("broken", "old", "foreign").InstallAsync(tool));
        Assert.Equal([_directory["broken/faketool"], _directory["old/faketool"], _directory["foreign/faketool"]],
            exception.Attempts.Where(attempt => attempt.Source == ToolSource.Path).Select(attempt => attempt.Place));
        Assert.Contains("127: cannot open shared object", exception.Attempts[0].Reason, StringComparison.Ordinal);
        Assert.Equal("is version 1.2.3, and 2.0 or newer is needed", exception.Attempts[1].Reason);
        Assert.StartsWith("does not start", exception.Attempts[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReleaseArchiveIsFetchedOnceAndThenFoundInTheCache()
    {
        var content = FakeTool.TarGz(padding: 400_000);
        await using var server = await FakeServer.StartAsync(content);
        var tool = FakeTool.Describe(server["faketool-1.2.3.tar.gz"], content);
        var installer = Installer();
        var reports = new ConcurrentQueue<ToolProgress>();

        var fetched = await installer.InstallAsync(tool, reports.Enqueue);
        var found = await installer.InstallAsync(tool);

        Assert.Equal(ToolSource.Archive, fetched.Source);
        Assert.Equal("1.2.3", fetched.Version);
        Assert.StartsWith(Cache, fetched.Root, StringComparison.Ordinal);
        Assert.Equal(Path.Combine(fetched.Root, "faketool"), fetched.Command);
        Assert.Equal(Path.Combine(fetched.Root, "fakectl"), ToolInstaller.FindCompanion(fetched, "fakectl"));
        Assert.Equal(fetched with { Source = ToolSource.Cache }, found);
        Assert.Equal(1, server.Requests);

        Assert.Equal(["downloading faketool-1.2.3.tar.gz", "extracting faketool-1.2.3.tar.gz"], reports.Select(report => report.Step).Distinct());
        foreach (var step in reports.Select(report => report.Step))
        {
            var last = reports.Last(report => report.Step == step);
            Assert.Equal((content.Length, content.Length), (last.Completed, last.Total));
        }
    }

    [Fact]
    public async Task AZipArchiveIsExtractedWithItsExecutableBits()
    {
        var content = FakeTool.Zip(("faketool-1.2.3/bin/faketool", FakeTool.Script("1.2.3")), ("faketool-1.2.3/LICENSE", "free"));
        await using var server = await FakeServer.StartAsync(content);
        var installer = Installer();

        var installed = await installer.InstallAsync(FakeTool.Describe(server["faketool.zip"], content));

        Assert.Equal(Path.Combine(installed.Root, "bin", "faketool"), installed.Command);
        Assert.Equal("free", await File.ReadAllTextAsync(Path.Combine(installed.Root, "LICENSE")));
    }

    [Fact]
    public async Task AnArchiveWithAnotherChecksumIsNotUsed()
    {
        var content = FakeTool.TarGz();
        await using var server = await FakeServer.StartAsync(content);
        var expected = new string('a', 64);
        var installer = Installer();

        var reason = await ReasonAsync(installer, FakeTool.Describe(server["faketool.tar.gz"], sha256: expected));

        Assert.Contains(expected, reason, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(content)), reason, StringComparison.Ordinal);
        AssertNothingIsCached();
    }

    [Fact]
    public async Task AnArchiveThatIsNotThereIsAReason()
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        var installer = Installer();

        Assert.Equal("the server answered 404 Not Found", await ReasonAsync(installer, FakeTool.Describe(server["faketool.tar.gz"], [])));
    }

    [Fact]
    public async Task AnArchiveThatEndsEarlyIsAReason()
    {
        var content = FakeTool.TarGz(padding: 100_000);
        await using var server = await FakeServer.StartAsync(async context =>
        {
            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2));
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        var installer = Installer();

        await ReasonAsync(installer, FakeTool.Describe(server["faketool.tar.gz"], content));

        AssertNothingIsCached();
    }

    [Fact]
    public async Task AnArchiveThatStandsStillIsGivenUp()
    {
        var content = FakeTool.TarGz(padding: 100_000);
        await using var server = await FakeServer.StartAsync(async context =>
        {
            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var installer = new ToolInstaller(Cache) { SearchPath = "", StallTimeout = TimeSpan.FromMilliseconds(300) };

        Assert.Contains("in time", await ReasonAsync(installer, FakeTool.Describe(server["faketool.tar.gz"], content)), StringComparison.Ordinal);
        AssertNothingIsCached();
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/faketool.tar.gz")]
    [InlineData("http://nowhere.invalid/faketool.tar.gz")]
    public async Task AServerThatCannotBeReachedIsAReason(string address)
    {
        var installer = Installer();

        Assert.NotEmpty(await ReasonAsync(installer, FakeTool.Describe(new Uri(address), [])));
    }

    public static TheoryData<string> HostileArchives => ["parent", "link", "absolute", "zip"];

    [Theory]
    [MemberData(nameof(HostileArchives))]
    public async Task AnArchiveThatLeadsOutOfItsDirectoryIsRefused(string kind)
    {
        var outside = _directory["outside"];
        Directory.CreateDirectory(outside);
        var good = FakeTool.Entry("faketool", FakeTool.Script("1.2.3"), FakeTool.Executable);
        var content = kind switch
        {
            "parent" => FakeTool.TarGz(good, FakeTool.Entry("../../../../outside/evil", "evil", UnixFileMode.UserRead)),
            "absolute" => FakeTool.TarGz(good, FakeTool.Entry($"{outside}/evil", "evil", UnixFileMode.UserRead)),
            "link" => FakeTool.TarGz(good, FakeTool.LinkEntry("out", outside), FakeTool.Entry("out/evil", "evil", UnixFileMode.UserRead)),
            _ => FakeTool.Zip(("faketool", FakeTool.Script("1.2.3")), ("../../../../outside/evil", "evil")),
        };
        await using var server = await FakeServer.StartAsync(content);
        var installer = Installer();

        var reason = await ReasonAsync(installer, FakeTool.Describe(server[kind == "zip" ? "faketool.zip" : "faketool.tar.gz"], content));

        Assert.StartsWith("cannot be extracted", reason, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        AssertNothingIsCached();
    }

    [Fact]
    public async Task AnArchiveWithoutTheToolIsAReason()
    {
        var content = FakeTool.TarGz(FakeTool.Entry("other", "text", UnixFileMode.UserRead));
        await using var server = await FakeServer.StartAsync(content);
        var installer = Installer();

        Assert.Equal("holds no 'faketool'", await ReasonAsync(installer, FakeTool.Describe(server["faketool.tar.gz"], content)));
        AssertNothingIsCached();
    }

    [Fact]
    public async Task AnEntryOfAnotherVersionIsNotUsed()
    {
        byte[] old = FakeTool.TarGz("1.2.3"), current = FakeTool.TarGz("1.3.0");
        await using var oldServer = await FakeServer.StartAsync(old);
        await using var currentServer = await FakeServer.StartAsync(current);
        var installer = Installer();
        await installer.InstallAsync(FakeTool.Describe(oldServer["faketool.tar.gz"], old));

        var installed = await installer.InstallAsync(FakeTool.Describe(currentServer["faketool.tar.gz"], current, "1.3.0"));

        Assert.Equal((ToolSource.Archive, "1.3.0"), (installed.Source, installed.Version));
    }

    public static TheoryData<string> Damages => ["shorter", "missing", "manifest missing", "manifest empty", "manifest of another", "other file missing"];

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task ADamagedEntryIsFetchedAgain(string damage)
    {
        var content = FakeTool.TarGz();
        await using var server = await FakeServer.StartAsync(content);
        var tool = FakeTool.Describe(server["faketool.tar.gz"], content);
        var installer = Installer();
        var first = await installer.InstallAsync(tool);
        var manifest = Path.Combine(Path.GetDirectoryName(first.Root)!, "manifest");
        switch (damage)
        {
            case "shorter": File.WriteAllText(first.Command, "#!/bin/sh\necho version 1.2.3"); break;
            case "missing": File.Delete(first.Command); break;
            case "manifest missing": File.Delete(manifest); break;
            case "manifest empty": File.WriteAllText(manifest, ""); break;
            case "manifest of another": File.WriteAllText(manifest, "2 files of 1 bytes"); break;
            default: File.Delete(Path.Combine(first.Root, "LICENSE")); break;
        }

        var second = await installer.InstallAsync(tool);
        var third = await installer.InstallAsync(tool);

        Assert.Equal((ToolSource.Archive, ToolSource.Cache), (second.Source, third.Source));
        Assert.Equal(FakeTool.Script("1.2.3"), await File.ReadAllTextAsync(third.Command));
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task TwoStartsAtOnceFetchOnce()
    {
        var content = FakeTool.TarGz(padding: 400_000);
        await using var server = await FakeServer.StartAsync(content);
        var tool = FakeTool.Describe(server["faketool.tar.gz"], content);
        var installers = Enumerable.Range(0, 2).Select(_ => Installer()).ToArray();

        var installed = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => installers[i % 2].InstallAsync(tool))));

        Assert.Single(installed.Select(one => one.Command).Distinct());
        Assert.Single(installed, one => one.Source == ToolSource.Archive);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task CancellingLeavesNothingThatCountsAsInstalled()
    {
        var content = FakeTool.TarGz(padding: 100_000);
        var half = new TaskCompletionSource();
        await using var slow = await FakeServer.StartAsync(async context =>
        {
            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2));
            await context.Response.Body.FlushAsync();
            half.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var installer = Installer();
        using var cancellation = new CancellationTokenSource();

        var installing = installer.InstallAsync(FakeTool.Describe(slow["faketool.tar.gz"], content), null, cancellation.Token);
        await half.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => installing);
        AssertNothingIsCached();
        await using var server = await FakeServer.StartAsync(content);
        Assert.Equal(ToolSource.Archive, (await installer.InstallAsync(FakeTool.Describe(server["faketool.tar.gz"], content))).Source);
    }

    [Fact]
    public async Task WhatAKilledProcessLeftIsRemoved()
    {
        var content = FakeTool.TarGz();
        await using var server = await FakeServer.StartAsync(content);
        var left = Directory.CreateDirectory(Path.Combine(Cache, "faketool", "staging-0123", "entry", "root"));
        FakeTool.Put(left.FullName, "faketool", FakeTool.Script("9.9.9"));
        var installer = Installer();

        var installed = await installer.InstallAsync(FakeTool.Describe(server["faketool.tar.gz"], content));

        Assert.Equal("1.2.3", installed.Version);
        Assert.Single(Directory.GetDirectories(Path.Combine(Cache, "faketool")));
    }

    [Fact]
    public async Task ACacheThatCannotBeWrittenIsNamed()
    {
        File.WriteAllText(_directory["file"], "in the way");
        var installer = new ToolInstaller(_directory["file/cache"]) { SearchPath = "" };

        var exception = await Assert.ThrowsAsync<ToolNotAvailableException>(() => installer.InstallAsync(FakeTool.Describe()));

        Assert.Contains(exception.Attempts, attempt => attempt.Source == ToolSource.Cache && attempt.Place == _directory["file/cache"] && attempt.Reason.Length > 0);
    }

    [Fact]
    public async Task TheMessageNamesTheToolEveryAttemptAndTheRemedy()
    {
        await using var server = await FakeServer.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        var archive = server["faketool.tar.gz"];
        var tool = FakeTool.Describe(archive, []) with { AlternativeNames = [], Debian = new DebianPackage("faketool-server") };
        Directory.CreateDirectory(_directory["empty"]);
        var installer = Installer("empty");

        var exception = await Assert.ThrowsAsync<ToolNotAvailableException>(() => installer.InstallAsync(tool));

        var lines = exception.Message.Split(Environment.NewLine);
        Assert.Equal("faketool is not available. Tried:", lines[0]);
        Assert.Equal("  - PATH: no 'faketool' in its 1 directories", lines[1]);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"  - {archive}: the server answered 503 Service Unavailable"), lines[2]);
        if (OperatingSystem.IsLinux())
        {
            Assert.Equal("  - packages faketool-server: 'apt-get' is not on PATH", lines[3]);
        }

        Assert.Equal("To have it, download faketool from https://faketool.example/download and put 'faketool' into a directory of PATH; then start again.", lines[^1]);
    }

    private ToolInstaller Installer(params string[] path) =>
        new(Cache) { SearchPath = string.Join(Path.PathSeparator, (path.Length == 0 ? ["bin"] : path).Select(directory => _directory[directory])) };

    /// <summary>Why the archive could not be used.</summary>
    private static async Task<string> ReasonAsync(ToolInstaller installer, NativeTool tool)
    {
        var exception = await Assert.ThrowsAsync<ToolNotAvailableException>(() => installer.InstallAsync(tool));
        return Assert.Single(exception.Attempts, attempt => attempt.Source == ToolSource.Archive).Reason;
    }

    private void AssertNothingIsCached() => Assert.Empty(Directory.GetDirectories(Path.Combine(Cache, "faketool")));
}
