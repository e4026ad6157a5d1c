namespace Transcendence.Hosting.ApplicationModel;

/// <summary>The icon of a resource.</summary>
/// <param name="iconName">Its name among the Fluent UI system icons.</param>
/// <param name="iconVariant">Its variant.</param>
public sealed class ResourceIconAnnotation(string iconName, IconVariant iconVariant = IconVariant.Filled) : IResourceAnnotation
{
    /// <summary>Its name among the Fluent UI system icons.</summary>
    public string IconName { get; } = iconName;

    /// <summary>Its variant.</summary>
    public IconVariant IconVariant { get; } = iconVariant;
}
