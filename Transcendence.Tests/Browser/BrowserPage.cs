using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Transcendence.Tests.Browser;

/// <summary>A page in a browser, and what went wrong in it.</summary>
internal sealed class BrowserPage
{
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly ConcurrentBag<Regex> _expected = [];

    public BrowserPage(IPage page, Uri site)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            // What the content security policy forbids comes as an error too.
            if (message.Type is "error" or "warning")
            {
                Add($"console {message.Type}: {message.Text} ({message.Location})");
            }
        };
        page.PageError += (_, error) => Add($"exception: {error}");
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: not ("data" or "blob") } url && url.Authority != site.Authority)
            {
                Add($"request to another host: {request.Url}");
            }
        };
    }

    /// <summary>The page.</summary>
    public IPage Page { get; }

    /// <summary>What went wrong, expected or not.</summary>
    public IReadOnlyCollection<string> AllProblems => _problems;

    /// <summary>What went wrong and was not expected.</summary>
    public IReadOnlyCollection<string> Problems => [.. _problems.Where(p => !_expected.Any(e => e.IsMatch(p)))];

    /// <summary>Expects something to go wrong: a browser reports each answer of status 400 and above in its console.</summary>
    /// <param name="pattern">A part of the report, for example <c>status of 401</c>.</param>
    public void Expect(string pattern) => _expected.Add(new Regex(pattern, RegexOptions.CultureInvariant));

    /// <summary>Takes a picture of what is seen.</summary>
    /// <param name="name">The file's name, without <c>.png</c>.</param>
    /// <param name="fullPage">Whether of all that scrolling would show.</param>
    public Task TakePictureAsync(string name, bool fullPage = false) =>
        Page.ScreenshotAsync(new() { Path = Path.Combine(ChromiumBrowser.PicturesDirectory, name + ".png"), FullPage = fullPage, Animations = ScreenshotAnimations.Disabled });

    private void Add(string problem) => _problems.Enqueue(problem);
}
