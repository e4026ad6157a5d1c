namespace Transcendence.AppHost;

internal static class PrometheusContainerImageTags
{
    /// <summary>The registry.</summary>
    public const string Registry = "docker.io";

    /// <summary>The image.</summary>
    public const string Image = "prom/prometheus";

    /// <summary>The tag.</summary>
    public const string Tag = "v3.14.0";
}
