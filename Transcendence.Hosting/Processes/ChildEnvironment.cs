namespace Transcendence.Hosting.Processes;

/// <summary>What a child inherits of this process's environment.</summary>
internal static class ChildEnvironment
{
    /// <summary>
    /// The variable that marks every process of a run, for the watchdog to find those it was never told of.
    /// Its value is a comma-separated list of <c>run.process</c>: an application that runs inside another one
    /// belongs to both.
    /// </summary>
    public const string Marker = "TRANSCENDENCE_RUN";

    // Where this process listens and as what it runs is its own affair: Aspire withholds the environment names, the
    // URLs and the launch profile too. The others would make a child listen on this process's port as well.
    private static readonly string[] s_own =
    [
        "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "ASPNETCORE_HTTPS_PORT",
        "DOTNET_URLS", "DOTNET_HTTP_PORTS", "DOTNET_HTTPS_PORTS", "URLS", "HTTP_PORTS", "HTTPS_PORTS",
        "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE",
        // `dotnet watch` and test hosts load these into the process they start, not into what that starts.
        "ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", "DOTNET_STARTUP_HOOKS", "DOTNET_MODIFIABLE_ASSEMBLIES",
    ];

    // The first four are this process's own settings, secret parameters and its dashboard's token among them: a child
    // gets those that the model gives it. The others are left by `dotnet run`, `dotnet watch` and `dotnet test`: paths
    // of the SDK that ran them, which mislead another SDK.
    private static readonly string[] s_ownPrefixes =
        ["Parameters__", "AppHost__", "Dashboard__", "ASPIRE_",
         "MSBUILD", "_MSBUILD", "DOTNET_WATCH", "DOTNET_HOTRELOAD", "VSTEST_", "TESTINGPLATFORM_"];

    // A user's own choice for every build on the machine, not something that `dotnet run` left.
    private static readonly string[] s_kept = ["MSBUILDDISABLENODEREUSE"];

    /// <summary>Turns an inherited environment into that of a child.</summary>
    public static void Apply(IDictionary<string, string?> environment, ProcessSpec spec, string marker)
    {
        foreach (var name in environment.Keys.Where(IsOwn).ToList())
        {
            environment.Remove(name);
        }

        foreach (var (name, value) in spec.Environment)
        {
            if (value is null)
            {
                environment.Remove(name);
            }
            else
            {
                environment[name] = value;
            }
        }

        environment[Marker] = Mark(environment.TryGetValue(Marker, out var outer) ? outer : null, marker);
    }

    /// <summary>Adds a marker to those that an environment has.</summary>
    public static string Mark(string? outer, string marker) => string.IsNullOrEmpty(outer) ? marker : $"{outer},{marker}";

    private static bool IsOwn(string name) =>
        !s_kept.Contains(name, StringComparer.OrdinalIgnoreCase)
        && (s_own.Contains(name, StringComparer.OrdinalIgnoreCase)
            || s_ownPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)));
}
