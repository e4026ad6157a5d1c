namespace Transcendence.Hosting.CAdvisor;

internal static class CAdvisorContainerImageTags
{
    /// <summary>ghcr.io</summary>
    public const string Registry = "ghcr.io";

    /// <summary>google/cadvisor</summary>
    public const string Image = "google/cadvisor";

    /// <summary>v0.60.6</summary>
    public const string Tag = "v0.60.6";
}
