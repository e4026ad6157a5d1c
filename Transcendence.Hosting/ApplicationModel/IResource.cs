namespace Transcendence.Hosting.ApplicationModel;

/// <summary>A part of the application: a project, a container, a parameter, ….</summary>
public interface IResource
{
    /// <summary>The name, unique in the application, without regard to case.</summary>
    string Name { get; }

    /// <summary>All that is known of the resource.</summary>
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>A fact about a resource.</summary>
public interface IResourceAnnotation;

/// <summary>A resource that takes command-line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>A resource that offers endpoints.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>A resource that takes environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>A resource whose start can wait for others.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>A resource that belongs to another one.</summary>
public interface IResourceWithParent : IResource
{
    /// <summary>The resource that this one belongs to.</summary>
    IResource Parent { get; }
}

/// <summary>A resource that belongs to another one of a known type.</summary>
/// <typeparam name="T">The type of the parent.</typeparam>
public interface IResourceWithParent<out T> : IResourceWithParent where T : IResource
{
    /// <summary>The resource that this one belongs to.</summary>
    new T Parent { get; }

    IResource IResourceWithParent.Parent => Parent;
}
