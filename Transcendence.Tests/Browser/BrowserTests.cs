namespace Transcendence.Tests.Browser;

/// <summary>The tests with a browser alone.</summary>
/// <remarks>Not beside other tests: a network of containers that comes or goes has a browser drop its requests (ERR_NETWORK_CHANGED).</remarks>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class BrowserTests
{
    /// <summary>The collection of these tests.</summary>
    public const string Name = "browser";
}
