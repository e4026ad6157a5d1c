using Transcendence.Hosting.ApplicationModel;
using Transcendence.Hosting.Utils;

namespace Transcendence.Hosting;

/// <summary>Describes parameters.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>Adds a parameter whose value is in the configuration, under <c>Parameters:name</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Its name.</param>
    /// <param name="secret">Whether the value must not be shown.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddParameter(new ParameterResource(name, _ => builder.Configuration[KeyOf(name)] ?? throw Missing(name), secret));
    }

    /// <summary>Adds a parameter with a value of its own, unless the configuration has another.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">The value.</param>
    /// <param name="publishValueAsDefault">Whether the value is published too.</param>
    /// <param name="secret">Whether the value must not be shown.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(value);
        return publishValueAsDefault && secret
            ? throw new ArgumentException("A secret parameter's value cannot be published.", nameof(publishValueAsDefault))
            : builder.AddParameter(new ParameterResource(name, _ => builder.Configuration[KeyOf(name)] ?? value, secret));
    }

    /// <summary>Adds a parameter whose value is made when the configuration has none.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">Makes the value.</param>
    /// <param name="secret">Whether the value must not be shown.</param>
    /// <param name="persist">Whether the value is kept in the user secrets of the AppHost, so that the next run finds it.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(value);
        return builder.AddParameter(new ParameterResource(name, Resolve, secret) { Default = value });

        string Resolve(ParameterDefault? parameterDefault)
        {
            if (builder.Configuration[KeyOf(name)] is { } configured)
            {
                return configured;
            }

            var made = (parameterDefault ?? throw Missing(name)).GetDefaultValue();
            if (persist && builder.ExecutionContext.IsRunMode && builder.AppHostAssembly is { } assembly)
            {
                UserSecrets.Set(assembly, KeyOf(name), made);
            }

            return made;
        }
    }

    /// <summary>Says what a parameter is for.</summary>
    /// <param name="builder">The parameter.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="enableMarkdown">Whether that is Markdown.</param>
    /// <returns>The parameter.</returns>
    public static IResourceBuilder<ParameterResource> WithDescription(this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Resource.Description = description;
        builder.Resource.EnableDescriptionMarkdown = enableMarkdown;
        return builder;
    }

    private static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, ParameterResource parameter) =>
        builder.AddResource(parameter).WithInitialState(new CustomResourceSnapshot
        {
            ResourceType = "Parameter",
            Properties = [new("parameter.secret", parameter.Secret.ToString()), new("resource.source", KeyOf(parameter.Name))],
        });

    private static string KeyOf(string name) => $"Parameters:{name}";

    private static MissingParameterValueException Missing(string name) => new(
        $"Parameter '{name}' has no value. Give it one under the configuration key '{KeyOf(name)}': --{KeyOf(name)}=VALUE on the command line, the environment variable {KeyOf(name).Replace(":", "__", StringComparison.Ordinal)}, or `dotnet user-secrets set {KeyOf(name)} VALUE`.");
}
