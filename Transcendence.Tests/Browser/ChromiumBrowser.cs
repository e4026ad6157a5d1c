using Microsoft.Playwright;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Browser;

/// <summary>A headless Chromium for the tests of a class, which reaches nothing but this machine.</summary>
/// <remarks>A fixture: <c>IClassFixture&lt;ChromiumBrowser&gt;</c>.</remarks>
public sealed class ChromiumBrowser : IAsyncLifetime
{
    /// <summary>A name that leads to this machine, as a foreign DNS server could make it do.</summary>
    public const string ForeignHost = "rebound.example";

    private const float Patience = 30_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private bool _hasEntered;

    /// <summary>Where pictures go; not kept in the repository.</summary>
    public static string PicturesDirectory { get; } = Directory.CreateDirectory(Path.Combine(ServiceProcess.RepositoryRoot, "TestResults", "pictures")).FullName;

    /// <summary>Whether its pages come by a network, which then may not change meanwhile; else they are files.</summary>
    public bool UsesNetwork { get; init; } = true;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Chromium.Path is null)
        {
            return; // Every test that would use it is skipped.
        }

        if (UsesNetwork)
        {
            await NetworkUse.Browsers.EnterAsync();
            _hasEntered = true;
        }

        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium.Path,
            Args =
            [
                "--no-proxy-server",
                $"--host-resolver-rules=MAP {ForeignHost} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
                // Without a GPU: the same pictures everywhere.
                "--disable-gpu",
                "--force-color-profile=srgb",
            ],
        });
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_hasEntered)
        {
            _hasEntered = false;
            NetworkUse.Browsers.Leave();
        }
    }

    /// <summary>
    /// Runs a visit of a site: a browser profile of its own with one page. Afterwards the page must have written no error to its console, have had no
    /// unhandled exception, and have asked no other host. When the visit fails, a picture of the page is left in <see cref="PicturesDirectory"/>.
    /// </summary>
    /// <param name="site">The site's address; what else is asked is foreign.</param>
    /// <param name="visit">What is done there.</param>
    /// <param name="options">The profile: size, colour scheme. 1400 × 900, light, when omitted.</param>
    /// <param name="name">The visit's name, for the picture; that of the test.</param>
    internal async Task VisitAsync(Uri site, Func<BrowserPage, Task> visit, BrowserNewContextOptions? options = null, [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        options ??= new BrowserNewContextOptions();
        options.BaseURL = site.ToString();
        options.ViewportSize ??= new() { Width = 1400, Height = 900 };
        options.ColorScheme ??= ColorScheme.Light;
        options.Locale ??= "en-GB";
        await using var context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(Patience);
        var page = new BrowserPage(await context.NewPageAsync(), site);
        try
        {
            await visit(page);
        }
        catch (Exception e)
        {
            var picture = Path.Combine(PicturesDirectory, $"failed-{name}.png");
            await page.Page.ScreenshotAsync(new() { Path = picture });
            throw new Xunit.Sdk.XunitException($"{e.Message}{Environment.NewLine}At {page.Page.Url}; picture: {picture}; noticed: {string.Join(Environment.NewLine, page.Problems)}", e);
        }

        if (page.Problems.Count > 0)
        {
            throw new Xunit.Sdk.XunitException($"The visit went well, but this was noticed:{Environment.NewLine}{string.Join(Environment.NewLine, page.Problems)}");
        }
    }
}
