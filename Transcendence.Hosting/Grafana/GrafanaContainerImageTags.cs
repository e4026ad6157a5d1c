namespace Transcendence.Hosting.Grafana;

internal static class GrafanaContainerImageTags
{
    /// <summary>docker.io</summary>
    public const string Registry = "docker.io";

    /// <summary>grafana/grafana</summary>
    public const string Image = "grafana/grafana";

    /// <summary>13.2.3</summary>
    public const string Tag = "13.2.3";
}
