using System.ComponentModel;
using System.Text.RegularExpressions;

namespace Transcendence.Hosting.Tools;

/// <summary>Asks a binary for its version, which also shows that it runs on this machine.</summary>
internal static partial class ToolVersion
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Runs <c>--version</c>.</summary>
    /// <returns>The version, or <see langword="null"/> when the answer holds none.</returns>
    /// <exception cref="ToolSourceException">It does not run, or it is older than the minimum.</exception>
    public static async Task<string?> AskAsync(string command, Version? minimum, CancellationToken cancellationToken)
    {
        var result = await RunAsync(command, cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new ToolSourceException($"'--version' ended with exit code {result.ExitCode}{result.Because}");
        }

        // Prometheus' tools write "prometheus, version 2.42.0 (branch: …", Grafana "grafana version 13.2.0"; older ones write to standard error.
        var match = StatedVersion().Match(result.Output + "\n" + result.Error);
        if (minimum is null)
        {
            return match.Success ? match.Groups[1].Value : null;
        }

        if (!match.Success || !Version.TryParse(match.Groups[1].Value, out var version))
        {
            throw new ToolSourceException($"does not state its version, and {minimum} or newer is needed");
        }

        return version >= minimum ? match.Groups[1].Value : throw new ToolSourceException($"is version {version}, and {minimum} or newer is needed");
    }

    private static async Task<ChildResult> RunAsync(string command, CancellationToken cancellationToken)
    {
        const int TextFileBusy = 26;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await ChildProcess.RunAsync(command, ["--version"], Patience, onLine: null, cancellationToken: cancellationToken);
            }
            catch (Win32Exception exception) when (exception.NativeErrorCode == TextFileBusy && attempt < 20 && !OperatingSystem.IsWindows())
            {
                // Another thread forked a child while the binary was being written, and that child has not yet closed the file.
                await Task.Delay(50, cancellationToken);
            }
            catch (Win32Exception exception)
            {
                throw new ToolSourceException($"does not start: {exception.Message}");
            }
        }
    }

    [GeneratedRegex(@"\bversion:?\s+v?(\d+(?:\.\d+){1,3})", RegexOptions.IgnoreCase)]
    private static partial Regex StatedVersion();
}
