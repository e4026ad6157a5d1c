namespace Transcendence.Hosting.Native;

/// <summary>Finds a tool on this machine, or fetches it into a cache directory.</summary>
/// <param name="cacheDirectory">Where fetched tools are kept. Nothing is written anywhere else.</param>
public sealed class ToolInstaller(string cacheDirectory)
{
    /// <summary>Finds or fetches the tool, and makes sure that it runs.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="progress">Told what is going on.</param>
    /// <param name="cancellationToken">Ends the work; nothing half-finished counts as installed later.</param>
    /// <exception cref="ToolNotAvailableException">It could be had from nowhere.</exception>
    public Task<InstalledTool> InstallAsync(NativeTool tool, IProgress<ToolProgress>? progress, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException(cacheDirectory);

    /// <summary>The absolute path of another command that came with the tool, for example <c>promtool</c>; <see langword="null"/> when it is not there.</summary>
    public static string? FindCompanion(InstalledTool tool, string command)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return System.IO.Path.GetDirectoryName(tool.Command) is { } directory
            && System.IO.Path.Combine(directory, OperatingSystem.IsWindows() ? command + ".exe" : command) is var path
            && File.Exists(path) ? path : null;
    }
}
