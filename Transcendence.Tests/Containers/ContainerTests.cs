namespace Transcendence.Tests.Containers;

/// <summary>The tests of the engine and its images. Not beside other tests, as those of the application with containers.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ContainerTests : ICollectionFixture<DockerEngine>
{
    /// <summary>The collection of these tests.</summary>
    public const string Name = "containers";
}
