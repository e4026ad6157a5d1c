namespace Aspire.Hosting.ApplicationModel;

/// <summary>A monitoring tool: a container or an executable, as the application chose for all its tools.</summary>
/// <remarks>
/// Everything that takes an interface of this one holds for both. What only containers have (an image's tag, mounts, a lifetime) is reached by
/// <see cref="ToolBuilderExtensions.OnContainer{T}"/>.
/// </remarks>
public interface IToolResource : IComputeResource, IResourceWithArgs, IResourceWithEnvironment, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    /// <summary>The endpoint that serves the tool's pages and API.</summary>
    EndpointReference PrimaryEndpoint => new(this, Tool.HttpEndpoint);

    /// <summary>The URI of <see cref="PrimaryEndpoint"/>, as whoever asks reaches it.</summary>
    ReferenceExpression UriExpression => ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Url)}");
}
