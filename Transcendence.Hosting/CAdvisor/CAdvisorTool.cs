namespace Transcendence.Hosting.CAdvisor;

/// <summary>cAdvisor: its image, and its binary, which only a machine that has it installed can run.</summary>
internal static class CAdvisorTool
{
    /// <summary>The tool.</summary>
    public static Tool Tool { get; } = new()
    {
        Name = "CAdvisor",
        Image = new("ghcr.io", "google/cadvisor", "v0.60.6"),
        Port = 8080,
        // It reads what belongs to root, and sees containers: where there are none, it is not worth being fetched.
        Binary = new("cadvisor", "https://github.com/google/cadvisor/releases"),
        ReadyPath = "/healthz",
    };
}
