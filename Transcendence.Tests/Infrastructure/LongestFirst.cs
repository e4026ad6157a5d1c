using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Transcendence.Tests.Infrastructure.LongestFirst", "Transcendence.Tests")]

namespace Transcendence.Tests.Infrastructure;

/// <summary>Begins with the collections that take minutes, so that none of them runs alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // Their names, or their classes'; the order among them is the order here. What is not here takes a minute at most.
    private static readonly string[] s_long = [AppHost.RunningExecutables.Name, "AppHostProcessTests", Browser.ApplicationFixture.Name, "ViewerPageTests", "AlertmanagerTests", "RecordingTests"];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(s_long, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal)) is >= 0 and var place ? place : s_long.Length);
}
