namespace Transcendence.Hosting.Prometheus;

internal static class PrometheusContainerImageTags
{
    /// <summary>docker.io</summary>
    public const string Registry = "docker.io";

    /// <summary>prom/prometheus</summary>
    public const string Image = "prom/prometheus";

    /// <summary>v3.16.0</summary>
    public const string Tag = "v3.16.0";
}
