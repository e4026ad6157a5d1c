namespace Aspire.Hosting;

/// <summary>The one place on this machine where an application keeps what outlives it, besides the volumes of containers.</summary>
public static class DataDirectoryExtensions
{
    /// <summary>The setting that moves it.</summary>
    internal const string Setting = "DataDirectory";

    private const string Shared = "transcendence";

    /// <summary>A path in the application's data directory.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="parts">The names of the directories on the way.</param>
    /// <returns>The absolute path; nothing is created.</returns>
    /// <remarks>
    /// The setting <c>DataDirectory</c> says where it is, relative to the AppHost's project. By default each checkout has its own,
    /// below the user's local application data: two of them must not share a database.
    /// </remarks>
    public static string GetDataPath(this IDistributedApplicationBuilder builder, params ReadOnlySpan<string> parts)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var configured = builder.Configuration[Setting];
        var root = string.IsNullOrEmpty(configured)
            ? SharedPath("checkouts", $"{Path.GetFileName(Path.GetDirectoryName(builder.AppHostDirectory))}-{builder.Configuration["AppHost:PathSha256"]?[..10]}")
            : FullPath(configured, builder.AppHostDirectory);
        return Path.Combine([root, .. parts]);
    }

    /// <summary>Where fetched tools are kept: one place for all applications of the user, as they are the same for all.</summary>
    internal static string GetToolsPath(this IConfiguration configuration) =>
        configuration["ToolsDirectory"] is { Length: > 0 } path ? FullPath(path, Environment.CurrentDirectory) : SharedPath("tools");

    /// <summary>The absolute path of what a setting says. A shell leaves the <c>~</c> of <c>--Setting=~/path</c> as it is.</summary>
    internal static string FullPath(string path, string directory) => path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify) + path[1..]
        : Path.GetFullPath(path, directory);

    private static string SharedPath(params ReadOnlySpan<string> parts) =>
        Path.Combine([Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), Shared, .. parts]);
}
