namespace Transcendence.Tests.Infrastructure;

/// <summary>A test of scripts, which Windows does not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixTheoryAttribute : TheoryAttribute
{
    public UnixTheoryAttribute() => Skip = new UnixFactAttribute().Skip;
}
