using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Transcendence.Tests.Infrastructure.LongestFirst", "Transcendence.Tests")]

namespace Transcendence.Tests.Infrastructure;

/// <summary>Begins with the collections that take minutes, so that none of them runs alone at the end: with those that open a browser, then those that run containers, as they wait for one another (<see cref="NetworkUse"/>).</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // Their names, or their classes'; the order among them is the order here. What is not here takes a minute at most.
    private static readonly string[] s_first =
    [
        AppHost.RunningExecutables.Name, Browser.ApplicationFixture.Name, "ViewerPageTests", "ViewerModuleTests", "ChromiumBrowserTests",
        Deployment.Server.Name, "AppHostProcessTests", AppHost.RunningContainers.Name, "PipelineTests", "RecordingTests", Deployment.SwarmNode.CollectionName,
        "AlertmanagerTests", "LibraryTests", Containers.ContainerTests.Name, Backend.PostgreSqlBackend.Name,
    ];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.FindIndex(s_first, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal)) is >= 0 and var place ? place : s_first.Length);
}
