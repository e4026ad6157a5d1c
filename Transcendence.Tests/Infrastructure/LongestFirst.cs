using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Transcendence.Tests.Infrastructure.LongestFirst", "Transcendence.Tests")]

namespace Transcendence.Tests.Infrastructure;

/// <summary>Begins with the collections that take minutes, so that none of them runs alone at the end, and ends with those that run containers.</summary>
/// <remarks>A network of containers that comes or goes has a browser drop its requests (ERR_NETWORK_CHANGED): no browser is left when they begin.</remarks>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // Their names, or their classes'; the order among them is the order here. What is not here takes a minute at most.
    private static readonly string[] s_first =
        [AppHost.RunningExecutables.Name, "AppHostProcessTests", Browser.ApplicationFixture.Name, "ViewerPageTests", "ViewerModuleTests", "ChromiumBrowserTests", "AlertmanagerTests", "RecordingTests"];

    private static readonly string[] s_last = [Deployment.Server.Name, AppHost.RunningContainers.Name, Containers.ContainerTests.Name, Backend.PostgreSqlBackend.Name, Deployment.SwarmNode.CollectionName];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderBy(collection =>
        PlaceIn(s_first, collection) is { } first ? first - s_first.Length : PlaceIn(s_last, collection) + 1 ?? 0);

    private static int? PlaceIn(string[] names, ITestCollection collection) =>
        Array.FindIndex(names, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal)) is >= 0 and var place ? place : null;
}
