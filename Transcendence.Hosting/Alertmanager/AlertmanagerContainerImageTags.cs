namespace Transcendence.Hosting.Alertmanager;

internal static class AlertmanagerContainerImageTags
{
    /// <summary>docker.io</summary>
    public const string Registry = "docker.io";

    /// <summary>prom/alertmanager</summary>
    public const string Image = "prom/alertmanager";

    /// <summary>v0.35.0</summary>
    public const string Tag = "v0.35.0";
}
