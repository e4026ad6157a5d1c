using System.Collections.ObjectModel;
using System.Diagnostics;

namespace Transcendence.Hosting.ApplicationModel;

/// <summary>The base of all resources.</summary>
[DebuggerDisplay("Type = {GetType().Name,nq}, Name = {Name}")]
public abstract class Resource : IResource
{
    /// <summary>Creates a resource.</summary>
    /// <param name="name">ASCII letters, digits and single hyphens, beginning with a letter, 64 characters at most.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not of that form.</exception>
    protected Resource(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ModelName.Validate(name, nameof(name));
        Name = name;
    }

    /// <inheritdoc/>
    public virtual string Name { get; }

    /// <inheritdoc/>
    public virtual ResourceAnnotationCollection Annotations { get; } = [];
}

/// <summary>The annotations of a resource, in the order in which they were added.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

/// <summary>What <c>WithAnnotation</c> does when there is already an annotation of that type.</summary>
public enum ResourceAnnotationMutationBehavior
{
    /// <summary>Keep it and add another.</summary>
    Append = 0,

    /// <summary>Replace it.</summary>
    Replace = 1,
}

internal static class ModelName
{
    /// <summary>The names must be usable as DNS labels, in environment variables and as Compose service names.</summary>
    public static void Validate(string name, string parameterName)
    {
        var reason = name switch
        {
            { Length: > 64 } => "it is longer than 64 characters",
            _ when !char.IsAsciiLetter(name[0]) => "it does not begin with an ASCII letter",
            _ when name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-') => "it has a character that is no ASCII letter, digit or hyphen",
            _ when name.EndsWith('-') => "it ends with a hyphen",
            _ when name.Contains("--", StringComparison.Ordinal) => "it has two hyphens in a row",
            _ => null,
        };

        if (reason is not null)
        {
            throw new ArgumentException($"Resource name '{name}' is invalid: {reason}.", parameterName);
        }
    }
}
