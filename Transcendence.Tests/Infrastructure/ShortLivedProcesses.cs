using System.Runtime.CompilerServices;

namespace Transcendence.Tests.Infrastructure;

/// <summary>What holds for every process that tests start.</summary>
internal static class ShortLivedProcesses
{
    /// <summary>Does without the instrumentation by which .NET makes code of long runs faster: of the CPU that a service needs for its first minute it is a third (measured).</summary>
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "Before any test, and for nothing but tests.")]
    internal static void DoNotInstrument() => Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "0");
}
