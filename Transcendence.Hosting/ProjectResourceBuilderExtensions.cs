using Microsoft.AspNetCore.Http;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting;

/// <summary>Describes .NET projects.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project, with the endpoints and environment of its first launch profile.</summary>
    /// <typeparam name="TProject">The project: a type in the namespace <c>Projects</c>.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name, _ => { });

    /// <summary>Adds a project, with the endpoints and environment of a launch profile.</summary>
    /// <typeparam name="TProject">The project: a type in the namespace <c>Projects</c>.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="launchProfileName">The profile; <see langword="null"/> for none.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name, options =>
        {
            options.ExcludeLaunchProfile = launchProfileName is null;
            options.LaunchProfileName = launchProfileName;
        });

    /// <summary>Adds a project.</summary>
    /// <typeparam name="TProject">The project: a type in the namespace <c>Projects</c>.</typeparam>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="configure">Says what is taken of its launch settings.</param>
    /// <returns>The resource.</returns>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new()
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new ProjectResourceOptions();
        configure(options);

        var metadata = new TProject();
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation(metadata);
        var profile = options.ExcludeLaunchProfile ? null : FindProfile(builder, metadata.ProjectPath, options.LaunchProfileName);
        if (profile is not null && builder.ExecutionContext.IsRunMode)
        {
            project.WithLaunchProfile(profile);
        }

        return project.WithEnvironment(context =>
        {
            context.EnvironmentVariables.TryAdd("OTEL_SERVICE_NAME", name);

            // One variable for all HTTP endpoints, as ASP.NET Core reads it, unless the model sets it itself.
            var http = project.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https").ToList();
            if (http.Count > 0)
            {
                context.EnvironmentVariables.TryAdd("ASPNETCORE_URLS", new ListenUrls(project.Resource, http));
            }
        });
    }

    private static void WithLaunchProfile(this IResourceBuilder<ProjectResource> project, LaunchProfile profile)
    {
        var count = new Dictionary<string, int>();
        foreach (var url in profile.ApplicationUrl?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            var address = BindingAddress.Parse(url);
            var number = count[address.Scheme] = count.GetValueOrDefault(address.Scheme) + 1;
            project.WithEndpoint(number == 1 ? address.Scheme : address.Scheme + number, endpoint =>
            {
                endpoint.UriScheme = address.Scheme;
                endpoint.Port = address.Port == 0 ? null : address.Port;
                endpoint.TargetHost = address.Host is "*" or "+" ? "0.0.0.0" : address.Host;
            });
        }

        project.WithEnvironment(context =>
        {
            foreach (var (name, value) in profile.EnvironmentVariables)
            {
                context.EnvironmentVariables.TryAdd(name, value);
            }
        });
    }

    private static LaunchProfile? FindProfile(IDistributedApplicationBuilder builder, string projectPath, string? name)
    {
        var profiles = LaunchSettings.Read(projectPath)?.Profiles;
        if (name is not null)
        {
            return profiles?.GetValueOrDefault(name) ?? throw new DistributedApplicationException($"Launch settings of '{projectPath}' have no profile '{name}'.");
        }

        // The AppHost's own profile, when the project has one of that name, then its first.
        var preferred = builder.Configuration["AppHost:DefaultLaunchProfileName"] ?? builder.Configuration["DOTNET_LAUNCH_PROFILE"];
        return preferred is not null && profiles?.GetValueOrDefault(preferred) is { } same ? same : profiles?.Values.FirstOrDefault(p => p.CommandName == "Project");
    }

    /// <summary>The URLs to listen on, which are known once the ports are.</summary>
    private sealed class ListenUrls(IResourceWithEndpoints resource, IReadOnlyList<EndpointAnnotation> endpoints) : IValueProvider
    {
        public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
        {
            var urls = new List<string>();
            foreach (var endpoint in endpoints)
            {
                var port = await resource.GetEndpoint(endpoint.Name).Property(EndpointProperty.TargetPort).GetValueAsync(cancellationToken).ConfigureAwait(false);
                urls.Add($"{endpoint.UriScheme}://{endpoint.TargetHost}:{port}");
            }

            return string.Join(';', urls);
        }
    }
}

/// <summary>What is taken of a project's launch settings.</summary>
public class ProjectResourceOptions
{
    /// <summary>The launch profile; the AppHost's own or the first one when none is given.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>Whether no launch profile is used.</summary>
    public bool ExcludeLaunchProfile { get; set; }
}
