namespace Transcendence.Tests.Infrastructure;

/// <summary>Finds every process that a test has started, at whatever depth, by a variable of the test's own.</summary>
internal static class MarkedProcesses
{
    public const string Variable = "TRANSCENDENCE_TEST";

    /// <summary>"pid command line" of each living process that has the token in its environment.</summary>
    public static List<string> Find(string token) =>
        OperatingSystem.IsLinux() ? FindInProc(token) : FindByPs(token);

    /// <summary>Ends them all: for what a failed test leaves.</summary>
    public static void Kill(string token)
    {
        foreach (var process in Find(token))
        {
            try
            {
                using var found = Process.GetProcessById(Id(process));
                found.Kill();
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
            {
                // Ended meanwhile.
            }
        }
    }

    public static int Id(string process) => int.Parse(process.Split(' ')[0], CultureInfo.InvariantCulture);

    private static List<string> FindInProc(string token)
    {
        var found = new List<string>();
        foreach (var directory in Directory.GetDirectories("/proc").Where(path => char.IsAsciiDigit(path[6])))
        {
            try
            {
                if (File.ReadAllText($"{directory}/environ").Contains(token, StringComparison.Ordinal))
                {
                    found.Add($"{directory[6..]} {File.ReadAllText($"{directory}/cmdline").Replace('\0', ' ')}");
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Ended meanwhile, or another user's.
            }
        }

        return found;
    }

    private static List<string> FindByPs(string token)
    {
        using var ps = Process.Start(
            new ProcessStartInfo("ps", ["-A", "-E", "-ww", "-o", "pid=", "-o", "command="]) { RedirectStandardOutput = true })!;
        var lines = ps.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries);
        return [.. lines.Where(line => line.Contains(token, StringComparison.Ordinal))];
    }
}
