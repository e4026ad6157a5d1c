namespace Transcendence.AppHost;

internal static class AlertmanagerContainerImageTags
{
    /// <summary>The registry.</summary>
    public const string Registry = "docker.io";

    /// <summary>The image.</summary>
    public const string Image = "prom/alertmanager";

    /// <summary>The tag.</summary>
    public const string Tag = "v0.34.0";
}
