#pragma warning disable ASPIREPIPELINES001 // The pipeline is how Aspire publishes.
using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Pipelines;
using Transcendence.Hosting;

namespace Aspire.Hosting.Docker;

/// <summary>A machine with Docker Compose, for which the application is published.</summary>
public sealed class DockerComposeEnvironmentResource : Resource, IComputeEnvironmentResource
{
    /// <summary>Creates the environment, with its steps of the pipeline.</summary>
    /// <param name="name">The resource's name.</param>
    public DockerComposeEnvironmentResource(string name) : base(name)
    {
        Annotations.Add(new PipelineStepAnnotation(_ =>
        [
            new PipelineStep
            {
                Name = $"publish-{Name}",
                Description = $"Writes the application as Docker Compose for '{Name}'.",
                Action = PipelineSteps.InOneLine(context => ComposePublisher.PublishAsync(this, context)),
                DependsOnSteps = [WellKnownPipelineSteps.ValidateComputeEnvironments],
                RequiredBySteps = [WellKnownPipelineSteps.Publish],
            },
            new PipelineStep
            {
                Name = $"deploy-{Name}",
                Description = $"Says how what was published for '{Name}' is deployed.",
                Action = PipelineSteps.InOneLine(_ => throw new DistributedApplicationException(
                    $"'{Name}' is deployed from its own directory, so that the server needs no .NET: `aspire publish -o DIRECTORY`, take DIRECTORY to the server, and there `docker compose up -d`. Its README.md says the rest.")),
                RequiredBySteps = [WellKnownPipelineSteps.Deploy],
            },
        ]));
    }

    /// <summary>Changes the file before it is written.</summary>
    internal Action<ComposeFile>? ConfigureComposeFile { get; set; }

    /// <summary>The name of the stack on a Swarm; nothing where none is published.</summary>
    internal string? StackName { get; set; }

    /// <summary>Changes the stack's services before they are written.</summary>
    internal Action<ComposeFile>? ConfigureStack { get; set; }

    /// <summary>A directory of files that are published beside it, as they are.</summary>
    internal string? FilesDirectory { get; set; }

    /// <summary>What the file takes from <c>.env</c>.</summary>
    internal Dictionary<string, CapturedEnvironmentVariable> CapturedEnvironmentVariables { get; } = [];

    /// <summary>A service is reached by its name.</summary>
    /// <param name="endpointReference">An endpoint of the service.</param>
    /// <returns>The name.</returns>
    [System.Diagnostics.CodeAnalysis.Experimental("ASPIRECOMPUTE002")]
    public ReferenceExpression GetHostAddressExpression(EndpointReference endpointReference)
    {
        ArgumentNullException.ThrowIfNull(endpointReference);
        return ReferenceExpression.Create($"{endpointReference.Resource.Name.ToLowerInvariant()}");
    }
}

/// <summary>A resource as a service of a Compose file.</summary>
/// <param name="name">The service's name.</param>
/// <param name="resource">The resource.</param>
/// <param name="environment">The environment it is published for.</param>
public sealed class DockerComposeServiceResource(string name, IResource resource, DockerComposeEnvironmentResource environment)
    : Resource(name), IResourceWithParent<DockerComposeEnvironmentResource>
{
    /// <summary>The environment it is published for.</summary>
    public DockerComposeEnvironmentResource Parent { get; } = environment;

    /// <summary>The resource.</summary>
    internal IResource TargetResource { get; } = resource;
}

/// <summary>Changes a resource's service before it is written.</summary>
/// <param name="configure">Makes the change.</param>
public sealed class DockerComposeServiceCustomizationAnnotation(Action<DockerComposeServiceResource, Service> configure) : IResourceAnnotation
{
    /// <summary>Makes the change.</summary>
    public Action<DockerComposeServiceResource, Service> Configure { get; } = configure;
}

/// <summary>Changes a resource's service in <c>docker-stack.yaml</c> before it is written.</summary>
/// <param name="configure">Makes the change.</param>
internal sealed class DockerStackServiceCustomizationAnnotation(Action<Service> configure) : IResourceAnnotation
{
    /// <summary>Makes the change.</summary>
    public Action<Service> Configure { get; } = configure;
}

/// <summary>A variable of <c>.env</c>.</summary>
public sealed class CapturedEnvironmentVariable
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is for, as the comment above it.</summary>
    public string? Description { get; set; }

    /// <summary>The value that holds where it is not set; nothing where it must be.</summary>
    public string? DefaultValue { get; set; }

    /// <summary>Where its value comes from: a <see cref="ParameterResource"/>, or nothing.</summary>
    public object? Source { get; set; }
}
