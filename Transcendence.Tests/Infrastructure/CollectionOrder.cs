using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Transcendence.Tests.Infrastructure.CollectionOrder", "Transcendence.Tests")]

namespace Transcendence.Tests.Infrastructure;

/// <summary>
/// The order in which the lanes take the collections. First those that open a browser, then those that run containers, as they wait for one another
/// (<see cref="NetworkUse"/>). These mostly wait; what computes runs beside them, and what takes minutes and waits too, beside its rest.
/// </summary>
public sealed class CollectionOrder : ITestCollectionOrderer
{
    // Their names, or their classes'. What is in neither takes a minute at most.
    private static readonly string[] s_first =
    [
        "ProofTests", AppHost.RunningExecutables.Name, Browser.ApplicationFixture.Name, "ViewerPageTests", "InboxPageTests", "ViewerModuleTests", "ChromiumBrowserTests",
        Deployment.Server.Name, "AppHostProcessTests", AppHost.RunningContainers.Name,
    ];

    private static readonly string[] s_last =
        [Deployment.SwarmNode.CollectionName, "ProofInContainersTests", "PipelineTests", "RecordingTests", "AlertmanagerTests", "LibraryTests", Containers.ContainerTests.Name, Backend.PostgreSqlBackend.Name];

    /// <inheritdoc/>
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderBy(collection =>
        PlaceIn(s_first, collection) is { } first ? first - s_first.Length : PlaceIn(s_last, collection) + 1 ?? 0);

    private static int? PlaceIn(string[] names, ITestCollection collection) =>
        Array.FindIndex(names, name => collection.DisplayName.EndsWith(name, StringComparison.Ordinal)) is >= 0 and var place ? place : null;
}
