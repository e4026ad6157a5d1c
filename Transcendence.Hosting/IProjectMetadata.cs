using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting;

/// <summary>Where a project is. The types in the namespace <c>Projects</c> implement it; the build makes them of the AppHost's project references.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>The absolute path of the project file.</summary>
    string ProjectPath { get; }
}

/// <summary>A project that was built together with the AppHost.</summary>
public interface IBuiltProjectMetadata : IProjectMetadata
{
    /// <summary>The absolute path of its assembly.</summary>
    string TargetPath { get; }
}
