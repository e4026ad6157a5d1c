using System.Net;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Viewer;

/// <summary>The files are read as Grafana reads them, and what is wrong with one is said and keeps the others from nothing.</summary>
public sealed class ProvisioningTests
{
    [Fact]
    public async Task DataSourcesAreReadAsGrafanaReadsThem()
    {
        await using var viewer = await RunningViewer.StartAsync(
            prepare: directory => File.WriteAllText(directory["provisioning/datasources/all.yaml"], """
                apiVersion: 1
                deleteDatasources: [{ name: Old, orgId: 1 }]
                datasources:
                  - name: Main
                    uid: main
                    type: prometheus
                    access: proxy
                    url: http://$HOST:${PORT}
                    isDefault: true
                    editable: false
                    jsonData:
                      timeInterval: 15s
                      httpMethod: GET
                      manageAlerts: no-thanks
                      incrementalQuerying: true
                      cacheLevel: 'Low'
                      queryTimeout: 30
                      exemplarTraceIdDestinations:
                        - name: trace_id
                          url: 'http://localhost/traces/$${__value.raw}?a=$UNSET$SECRET'
                  - { name: Other, type: loki, url: "http://loki:3100" }
                """),
            settings: [("HOST", "localhost"), ("PORT", "9090"), ("SECRET", "pa$word")]);

        var sources = await viewer.GetAsync("/api/datasources");
        Assert.Equal(2, sources.GetArrayLength());
        var main = sources[0];
        Assert.Equal(("main", "Main", "prometheus", true), (main.GetProperty("uid").GetString(), main.GetProperty("name").GetString(), main.GetProperty("type").GetString(), main.GetProperty("isDefault").GetBoolean()));
        Assert.False(main.TryGetProperty("url", out _));
        var data = main.GetProperty("jsonData");
        Assert.Equal("15s", data.GetProperty("timeInterval").GetString());
        Assert.Equal("no-thanks", data.GetProperty("manageAlerts").GetString());
        Assert.Equal(JsonValueKind.True, data.GetProperty("incrementalQuerying").ValueKind);
        Assert.Equal(30, data.GetProperty("queryTimeout").GetInt32());
        Assert.Equal("http://localhost/traces/${__value.raw}?a=pa$word", data.GetProperty("exemplarTraceIdDestinations")[0].GetProperty("url").GetString());

        // As Grafana derives it from the name.
        Assert.Equal("P" + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("Other"u8))[..16], sources[1].GetProperty("uid").GetString());
        Assert.False(sources[1].GetProperty("isDefault").GetBoolean());
        Assert.Empty((await viewer.GetAsync("/api/viewer")).GetProperty("problems").EnumerateArray());

        using var other = await viewer.Api.GetAsync(new Uri($"/api/datasources/proxy/uid/{sources[1].GetProperty("uid").GetString()}/api/v1/query?query=up", UriKind.Relative));
        Assert.Contains("'loki'", await RunningViewer.ProblemAsync(other, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OurOwnFilesAreReadWithoutAProblem()
    {
        var source = Path.Combine(ServiceProcess.RepositoryRoot, "monitoring", "grafana");
        await using var viewer = await RunningViewer.StartAsync(prepare: directory =>
        {
            foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                var copy = directory[Path.GetRelativePath(source, file)];
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.WriteAllText(copy, file.EndsWith(".yml", StringComparison.Ordinal) ? File.ReadAllText(file).Replace("/etc/grafana/", directory.FullName + "/", StringComparison.Ordinal) : File.ReadAllText(file));
            }
        });

        Assert.Empty((await viewer.GetAsync("/api/viewer")).GetProperty("problems").EnumerateArray());
        var dashboards = (await viewer.GetAsync("/api/search")).EnumerateArray().Select(d => d.GetProperty("uid").GetString()).ToList();
        Assert.Contains("ft_transcendence", dashboards);
        Assert.Equal(Directory.GetFiles(Path.Combine(source, "dashboards"), "*.json").Length, dashboards.Count);
        Assert.Equal(["prometheus", "alertmanager"], (await viewer.GetAsync("/api/datasources")).EnumerateArray().Select(s => s.GetProperty("uid").GetString()));
    }

    [Fact]
    public async Task DashboardsAreListedWithTheirFoldersAndGivenAsTheyStandInTheirFiles()
    {
        const string Model = """{"uid":"b","title":"Beta & co.","tags":["x","y"],"panels":[{"id":1,"custom":{"a":1.50}}],"number":12345678901234567890}""";
        await using var viewer = await RunningViewer.StartAsync(prepare: directory =>
        {
            File.WriteAllText(directory["dashboards/b.json"], Model);
            Directory.CreateDirectory(directory["tree/Inner folder"]);
            File.WriteAllText(directory["tree/Inner folder/a.json"], """{"title":"Alpha"}""");
            File.WriteAllText(directory["tree/c.json"], """{"uid":"c","title":"ÄÖ"}""");
            File.WriteAllText(directory["tree/readme.md"], "no dashboard");
            File.WriteAllText(directory["provisioning/dashboards/tree.yml"], $$"""
                apiVersion: 1
                providers: [{ name: tree, options: { path: '{{directory["tree"]}}', foldersFromFilesStructure: true } }]
                """);
        });

        var list = (await viewer.GetAsync("/api/search")).EnumerateArray().Select(d => (
            d.GetProperty("uid").GetString(), d.GetProperty("title").GetString(), d.GetProperty("url").GetString(), d.GetProperty("folderTitle").GetString(), string.Join(',', d.GetProperty("tags").EnumerateArray())));
        Assert.Equal(
            [
                ("a", "Alpha", "/d/a/alpha", "Inner folder", ""),
                ("b", "Beta & co.", "/d/b/beta-co", "Folder", "x,y"),
                ("c", "ÄÖ", "/d/c/dashboard", "", ""),
            ],
            list);

        var dashboard = await viewer.GetAsync("/api/dashboards/uid/b");
        Assert.Equal(Model, dashboard.GetProperty("dashboard").GetRawText());
        Assert.Equal(("Folder", "b.json"), (dashboard.GetProperty("meta").GetProperty("folderTitle").GetString(), dashboard.GetProperty("meta").GetProperty("provisionedFile").GetString()));
    }

    [Fact]
    public async Task TheFirstPageIsTheFirstDashboardOrTheList()
    {
        await using var viewer = await RunningViewer.StartAsync();
        Assert.Equal("/dashboards", await StartPageAsync());
        await File.WriteAllTextAsync(viewer["dashboards/one.json"], """{"uid":"one","title":"One"}""");
        Assert.Equal("/d/one/one", await StartPageAsync());

        async Task<string> StartPageAsync()
        {
            using var response = await viewer.Api.GetAsync(new Uri("/", UriKind.Relative));
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
            return response.Headers.Location!.OriginalString;
        }
    }

    [Fact]
    public async Task AnUnknownDashboardIsNotFoundAndTheOthersAreNamed()
    {
        await using var viewer = await RunningViewer.StartAsync(prepare: directory => File.WriteAllText(directory["dashboards/one.json"], """{"uid":"one","title":"One"}"""));
        using var api = await viewer.Api.GetAsync(new Uri("/api/dashboards/uid/two", UriKind.Relative));
        var detail = await RunningViewer.ProblemAsync(api, HttpStatusCode.NotFound);
        Assert.Contains("'two'", detail, StringComparison.Ordinal);
        Assert.Contains("one", detail, StringComparison.Ordinal);

        using var page = await viewer.Api.GetAsync(new Uri("/d/two/slug", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task AChangedFileIsThereAtOnceAndABrokenOneIsNamedOnceAndCanBeMended()
    {
        await using var viewer = await RunningViewer.StartAsync(prepare: directory => File.WriteAllText(directory["dashboards/one.json"], """{"uid":"one","title":"One"}"""));
        Assert.Equal("One", await TitleAsync());
        await File.WriteAllTextAsync(viewer["dashboards/one.json"], """{"uid":"one","title":"Another"}""");
        Assert.Equal("Another", await TitleAsync());

        await File.WriteAllTextAsync(viewer["dashboards/one.json"], """{"uid":"one",""");
        await File.WriteAllTextAsync(viewer["dashboards/two.json"], """{"uid":"two","title":"Two"}""");
        for (var i = 0; i < 3; i++)
        {
            var problem = Assert.Single((await viewer.GetAsync("/api/viewer")).GetProperty("problems").EnumerateArray());
            Assert.Equal(viewer["dashboards/one.json"], problem.GetProperty("file").GetString());
            Assert.Contains("not valid JSON", problem.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        Assert.Single(await viewer.LogAsync(), line => line.StartsWith($"fail: {viewer["dashboards/one.json"]}: It is not valid JSON", StringComparison.Ordinal));
        Assert.Equal("two", Assert.Single((await viewer.GetAsync("/api/search")).EnumerateArray()).GetProperty("uid").GetString());

        await File.WriteAllTextAsync(viewer["dashboards/one.json"], """{"uid":"one","title":"Mended"}""");
        Assert.Equal("Mended", await TitleAsync());
        Assert.Empty((await viewer.GetAsync("/api/viewer")).GetProperty("problems").EnumerateArray());

        async Task<string?> TitleAsync() => (await viewer.GetAsync("/api/dashboards/uid/one")).GetProperty("dashboard").GetProperty("title").GetString();
    }

    [Theory]
    [InlineData("datasources/x.yml", "datasources: [", "not valid YAML, line 2")]
    [InlineData("datasources/x.yml", "- a list", "no mapping")]
    [InlineData("datasources/x.yml", "", "no mapping")]
    [InlineData("datasources/x.yml", "datasources: []", "apiVersion: 1")]
    [InlineData("datasources/x.yml", "{ apiVersion: 1, datasources: [{ uid: x }] }", "no `name`")]
    [InlineData("datasources/x.yml", "{ apiVersion: 1, datasources: [{ name: X, url: 'file:///etc/passwd' }] }", "'file:///etc/passwd'")]
    [InlineData("datasources/x.yml", "{ apiVersion: 1, datasources: [{ name: X }] }", "the url ''")]
    [InlineData("datasources/x.yml", "{ apiVersion: 1, datasources: [{ name: X, url: 'http://user:secret@x' }] }", "credentials in its url")]
    [InlineData("datasources/x.yml", "{ apiVersion: 1, datasources: [{ name: X, uid: prometheus, type: prometheus, url: 'http://x' }] }", "the uid 'prometheus' too")]
    [InlineData("datasources/x.yml", "{ apiVersion: 1, datasources: [{ name: X, type: prometheus, url: 'http://x', isDefault: true }] }", "is the default too")]
    [InlineData("datasources/x.yml", "{ apiVersion: 1, datasources: [{ name: X, type: prometheus, url: 'http://x', secureJsonData: { httpHeaderValue1: secret } }] }", "credentials")]
    [InlineData("dashboards/x.yml", "{ apiVersion: 1, providers: [{ name: X, options: { path: /does/not/exist } }] }", "'/does/not/exist'")]
    [InlineData("dashboards/x.yml", "{ apiVersion: 1, providers: [{ name: X }] }", "options.path")]
    [InlineData("../dashboards/x.json", "[]", "no `title`")]
    [InlineData("../dashboards/x.json", """{"uid":"x"}""", "no `title`")]
    [InlineData("../dashboards/x.json", """{"apiVersion":"dashboard.grafana.app/v2","kind":"Dashboard","spec":{"title":"X"}}""", "classic dashboard")]
    [InlineData("../dashboards/x.json", """{"uid":"one","title":"X"}""", "the uid 'one' too")]
    public async Task WhatIsWrongIsNamedWithItsFileAndTheRestWorks(string file, string text, string message)
    {
        await using var viewer = await RunningViewer.StartAsync(new Uri("http://127.0.0.1:9"), directory =>
        {
            File.WriteAllText(directory["dashboards/one.json"], """{"uid":"one","title":"One"}""");
            File.WriteAllText(directory[$"provisioning/{file}"], text);
        });

        var log = await viewer.LogAsync();
        var problem = Assert.Single((await viewer.GetAsync("/api/viewer")).GetProperty("problems").EnumerateArray());
        Assert.EndsWith(Path.GetFileName(file), problem.GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.Contains(message, problem.GetProperty("message").GetString(), StringComparison.Ordinal);

        // In the log as soon as it starts, not when somebody looks.
        Assert.Single(log, line => line.StartsWith("fail: ", StringComparison.Ordinal) && line.Contains(Path.GetFileName(file), StringComparison.Ordinal) && line.Contains(message, StringComparison.Ordinal));
        Assert.Contains("one", (await viewer.GetAsync("/api/search")).EnumerateArray().Select(d => d.GetProperty("uid").GetString()));
        Assert.Contains("prometheus", (await viewer.GetAsync("/api/datasources")).EnumerateArray().Select(s => s.GetProperty("uid").GetString()));
    }

    [Fact]
    public async Task ADirectoryThatIsGoneIsNamedUntilItIsBack()
    {
        await using var viewer = await RunningViewer.StartAsync(new Uri("http://127.0.0.1:9"));
        Directory.Move(viewer["provisioning"], viewer["elsewhere"]);
        var files = (await viewer.GetAsync("/api/viewer")).GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("file").GetString());
        Assert.Equal([viewer["provisioning/datasources"], viewer["provisioning/dashboards"]], files);
        Directory.Move(viewer["elsewhere"], viewer["provisioning"]);
        Assert.Empty((await viewer.GetAsync("/api/viewer")).GetProperty("problems").EnumerateArray());
    }
}
