namespace Transcendence.AppHost;

internal static class CAdvisorContainerImageTags
{
    /// <summary>The registry. Versions that know Docker 29 are only here.</summary>
    public const string Registry = "ghcr.io";

    /// <summary>The image.</summary>
    public const string Image = "google/cadvisor";

    /// <summary>The tag.</summary>
    public const string Tag = "v0.60.0";
}
