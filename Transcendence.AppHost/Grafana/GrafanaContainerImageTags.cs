namespace Transcendence.AppHost;

internal static class GrafanaContainerImageTags
{
    /// <summary>The registry.</summary>
    public const string Registry = "docker.io";

    /// <summary>The image.</summary>
    public const string Image = "grafana/grafana";

    /// <summary>The tag.</summary>
    public const string Tag = "13.2.2";
}
