namespace Transcendence.AppHost;

/// <summary>Keeps what this machine says to itself from a proxy.</summary>
internal static class Proxies
{
    // With HTTPS_PROXY and no such exception Aspire does not start at all, and with HTTP_PROXY what is healthy looks ill (seen, 13.6.5).
    private static readonly string[] s_local = ["localhost", "127.0.0.1", "[::1]", "::1", ".dev.internal"];

    /// <summary>Adds loopback and Aspire's container network to <c>NO_PROXY</c>, for this process and all that it starts.</summary>
    public static void ExceptLoopback()
    {
        var environment = Environment.GetEnvironmentVariables();
        if (!environment.Keys.OfType<string>().Any(name => name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        // Programs disagree on the case.
        foreach (var name in new[] { "NO_PROXY", "no_proxy" })
        {
            var exceptions = (Environment.GetEnvironmentVariable(name) ?? Environment.GetEnvironmentVariable("NO_PROXY") ?? Environment.GetEnvironmentVariable("no_proxy") ?? "")
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            Environment.SetEnvironmentVariable(name, string.Join(',', exceptions.Union(s_local)));
        }
    }
}
