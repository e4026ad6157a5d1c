namespace Transcendence.AppHost;

/// <summary>The one place on this machine where the application keeps its data.</summary>
internal static class DataDirectory
{
    /// <summary>The configuration key that moves it.</summary>
    public const string SettingKey = "DataDirectory";

    /// <summary>A directory of a resource below the data directory.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="parts">The names of the directories on the way.</param>
    /// <returns>The absolute path; nothing is created.</returns>
    public static string GetDataPath(this IDistributedApplicationBuilder builder, params ReadOnlySpan<string> parts)
    {
        var root = builder.Configuration[SettingKey];
        if (string.IsNullOrEmpty(root))
        {
            root = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "transcendence");
        }

        // The embedded engine keeps its own there too, and asks for the setting.
        root = Path.GetFullPath(root, builder.AppHostDirectory);
        builder.Configuration[SettingKey] = root;
        return Path.Combine([root, .. parts]);
    }
}
