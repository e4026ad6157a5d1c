namespace Transcendence.Tests.Browser;

/// <summary>The Chromium of this machine.</summary>
internal static class Chromium
{
    /// <summary>The variable that names one which is not found by itself.</summary>
    private const string Variable = "CHROMIUM";

    /// <summary>Its binary; <see langword="null"/> where there is none.</summary>
    public static string? Path { get; } = Find();

    /// <summary>What to do where there is none; <see langword="null"/> where there is one.</summary>
    public static string? WhyMissing { get; } = Path is null
        ? $"No Chromium was found. Install one (Debian and Ubuntu: `apt-get install chromium`; elsewhere Chrome or Edge will do), or name its binary by the variable {Variable}."
        : null;

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new FileNotFoundException($"{Variable} names '{named}', which does not exist. Correct it or unset it.", named);
        }

        string[] names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];
        var onPath = from name in names
                     from directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                     select System.IO.Path.Combine(directory, name);
        string[] installed =
        [
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "Google", "Chrome", "Application", "chrome.exe"),
            System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFilesX86), "Microsoft", "Edge", "Application", "msedge.exe"),
        ];
        return onPath.Concat(installed).FirstOrDefault(File.Exists);
    }
}
