namespace Transcendence.Tests.Infrastructure;

/// <summary>A test of signals, which Windows does not have.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "Windows has neither signals nor a POSIX shell.";
        }
    }
}
