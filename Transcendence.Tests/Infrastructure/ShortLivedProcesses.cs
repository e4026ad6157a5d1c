using System.Runtime.CompilerServices;

namespace Transcendence.Tests.Infrastructure;

/// <summary>What holds for every process that tests start.</summary>
internal static class ShortLivedProcesses
{
    /// <summary>
    /// Does without what .NET does to make code of long runs faster, instrumentation and compiling anew: of the CPU that a service needs for its
    /// first minute it is half (measured). And without nodes of MSBuild that stay for the next build: they hold on to the output of who started them, whose end is then not seen.
    /// </summary>
    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Usage", "CA2255", Justification = "Before any test, and for nothing but tests.")]
    internal static void DoWithoutWhatServesLongRuns()
    {
        Environment.SetEnvironmentVariable("DOTNET_TieredPGO", "0");
        Environment.SetEnvironmentVariable("DOTNET_TC_CallCounting", "0");
        Environment.SetEnvironmentVariable("MSBUILDDISABLENODEREUSE", "1");
    }
}
