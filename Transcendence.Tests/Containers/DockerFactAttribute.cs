namespace Transcendence.Tests.Containers;

/// <summary>A test with containers; skipped, with the remedy, on a machine that has no engine for them.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DockerFactAttribute : FactAttribute
{
    public DockerFactAttribute() => Skip = DockerEngine.WhyMissing;

    /// <summary>Whether the test asks the stand-ins what they were given, which real images do not tell.</summary>
    public bool AsksStandIns
    {
        get;
        set
        {
            field = value;
            Skip ??= value && !DockerEngine.HasStandIns
                ? "The engine that `docker` leads to has real images, and this test asks stand-ins. Start one that has them: `eng/docker-engine.sh start DIR`, then `. DIR/env`."
                : null;
        }
    }
}
