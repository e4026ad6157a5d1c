namespace Transcendence.Tests.Browser;

/// <summary>That what goes wrong in a page is noticed: the other tests of pages rest on it.</summary>
public sealed class ChromiumBrowserTests(ChromiumBrowser browser) : IClassFixture<ChromiumBrowser>
{
    private static readonly Uri s_site = new("http://localhost:1/");

    [BrowserFact]
    public Task APageWithoutAFaultPasses() => browser.VisitAsync(s_site, page => page.Page.SetContentAsync("<h1>Well</h1>"));

    [BrowserTheory]
    [InlineData("<script>console.error('broken')</script>", "broken")]
    [InlineData("<script>console.warn('dubious')</script>", "dubious")]
    [InlineData("<script>setTimeout(() => { throw new Error('thrown') })</script>", "thrown")]
    [InlineData("<script>Promise.reject(new Error('rejected'))</script>", "rejected")]
    [InlineData("<img src='http://elsewhere.example/pixel.png'>", "elsewhere.example")]
    [InlineData("<meta http-equiv='Content-Security-Policy' content=\"script-src 'none'\"><script>1</script>", "Content Security Policy")]
    public async Task AFaultFailsTheVisit(string html, string expected)
    {
        var failure = await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => browser.VisitAsync(s_site, page => VisitAsync(page, html, expected)));
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [BrowserFact]
    public Task AnExpectedFaultPasses() => browser.VisitAsync(s_site, async page =>
    {
        page.Expect("on purpose");
        await VisitAsync(page, "<script>console.error('on purpose')</script>", "on purpose");
    });

    private static async Task VisitAsync(BrowserPage page, string html, string expected)
    {
        await page.Page.SetContentAsync(html);
        await page.Page.WaitForFunctionAsync("() => document.readyState === 'complete'");
        await Infrastructure.Eventually.TrueAsync(
            () => Task.FromResult(page.AllProblems.Any(p => p.Contains(expected, StringComparison.Ordinal))), $"'{expected}' is noticed", TimeSpan.FromSeconds(10));
    }
}
