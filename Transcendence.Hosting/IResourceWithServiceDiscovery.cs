using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting;

/// <summary>A resource that others find by its name through service discovery.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;
