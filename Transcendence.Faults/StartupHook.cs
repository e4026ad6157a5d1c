/// <summary>By this name, and outside any namespace, .NET finds it in the files of <c>DOTNET_STARTUP_HOOKS</c>.</summary>
/// <remarks>That it is loaded is all that it has to do: ASP.NET finds <see cref="Transcendence.Faults.FaultsStartup"/> then, by <c>ASPNETCORE_HOSTINGSTARTUPASSEMBLIES</c>. See .NET's <c>docs/design/features/host-startup-hook.md</c>.</remarks>
internal static class StartupHook
{
    /// <summary>Called before the program's own first line.</summary>
    public static void Initialize()
    {
    }
}
