namespace Transcendence.Tests.Containers;

/// <summary>The tests of the engine and its images.</summary>
[CollectionDefinition(Name)]
public sealed class ContainerTests : ICollectionFixture<DockerEngine>
{
    /// <summary>The collection of these tests.</summary>
    public const string Name = "containers";
}
