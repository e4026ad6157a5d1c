using System.Globalization;
using System.Text.RegularExpressions;

namespace Transcendence.Hosting.Tools;

/// <summary>
/// Fetches packages from the distribution's own archive with apt, and extracts them without installing them.
/// apt gets lists and a cache of its own, so neither root nor the system's state is touched, and it verifies the archive's signature as always.
/// </summary>
internal sealed partial class DebianArchive(string cacheDirectory, string searchPath, ToolReport report)
{
    private static readonly string[] Needed = ["apt-get", "apt-cache", "dpkg-deb"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How long fetched lists are taken to be fresh, so that the second tool of a start does not fetch them again.</summary>
    private static readonly TimeSpan ListsAge = TimeSpan.FromHours(1);

    // Read by -c, after the machine's own configuration (the file of APT_CONFIG would be read before it). Hooks of `update` work on the machine's state, which ours is not, and fail
    // without root; descriptions, icons and lists of contents are megabytes that nobody here reads; a host that is not there shall be noticed soon.
    private const string Configuration = """
        #clear APT::Update::Pre-Invoke;
        #clear APT::Update::Post-Invoke;
        #clear APT::Update::Post-Invoke-Success;
        Acquire::Languages "none";
        Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
        Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
        Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
        Acquire::Retries "1";
        Acquire::http::Timeout "15";
        Acquire::https::Timeout "15";
        Dir::Cache::pkgcache "pkgcache.bin";
        Dir::Cache::srcpkgcache "";
        APT::Status-Fd "1";

        """;

    private readonly string _directory = Path.Combine(cacheDirectory, "apt");

    /// <summary>The distribution and its release, for example <c>debian-12</c>; <see langword="null"/> where <c>/etc/os-release</c> does not tell.</summary>
    public static string? Release { get; } = ReadRelease();

    /// <summary>Whether this machine has what it takes.</summary>
    public bool IsAvailable(out string? reason)
    {
        reason = Needed.FirstOrDefault(command => Find(command) is null) is { } missing ? $"'{missing}' is not on PATH" : null;
        return reason is null;
    }

    /// <summary>Fetches the packages and extracts them into the tree.</summary>
    /// <exception cref="ToolSourceException">apt does not have them, or does not reach its archive.</exception>
    public async Task FetchAsync(NativeTool tool, DebianPackages packages, ToolCache.Staging staging, CancellationToken cancellationToken)
    {
        var downloads = Directory.CreateDirectory(Path.Combine(staging.Directory, "packages")).FullName;
        Directory.CreateDirectory(_directory);
        using (await FileLock.AcquireAsync(Path.Combine(_directory, "lock"), "waiting for another fetch of packages", report, cancellationToken))
        {
            await DownloadAsync(packages, downloads, cancellationToken);
        }

        await ExtractAsync(downloads, staging.Root, cancellationToken);
        foreach (var unneeded in packages.Unneeded.Select(path => Path.Combine(staging.Root, path)).Where(Directory.Exists))
        {
            Directory.Delete(unneeded, recursive: true);
        }

        Relocation.MakeLinksRelative(staging.Root);
        if (packages.FixedPaths.Count > 0 && CommandLookup.InTree(staging.Root, tool.Commands) is { } binary)
        {
            staging.RunsInRoot = Relocation.MakePathsRelative(binary, packages.FixedPaths);
        }
    }

    private async Task DownloadAsync(DebianPackages packages, string downloads, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(_directory, "lists", "partial"));
        Directory.CreateDirectory(Path.Combine(_directory, "cache", "archives", "partial"));
        await File.WriteAllTextAsync(Path.Combine(_directory, "apt.conf"), Configuration, cancellationToken);

        var updated = new FileInfo(Path.Combine(_directory, "updated"));
        if (updated.Exists && DateTime.UtcNow - updated.LastWriteTimeUtc < ListsAge && await TryDownloadAsync(packages, downloads, cancellationToken) is null)
        {
            return;
        }

        // A source of the user's that cannot be reached ends in a warning here. Whether the packages can be had is what counts.
        var step = "fetching the package lists of the distribution";
        report.Report(step);
        var update = await AptAsync("apt-get", ["-qq", "update"], _directory, percent => report.Report(step), cancellationToken);
        if (await TryDownloadAsync(packages, downloads, cancellationToken) is { } failure)
        {
            throw new ToolSourceException($"apt-get update{(update.Because.Length > 0 ? update.Because : " succeeded")}; then {failure}");
        }

        await File.WriteAllTextAsync(updated.FullName, "", cancellationToken);
    }

    /// <returns>What went wrong, or <see langword="null"/>.</returns>
    private async Task<string?> TryDownloadAsync(DebianPackages packages, string downloads, CancellationToken cancellationToken)
    {
        report.Report("resolving packages");
        string[] names = [.. packages.Names, .. await FindDependenciesAsync(packages, cancellationToken)];
        var uris = await AptAsync("apt-get", ["--print-uris", "download", .. names], downloads, null, cancellationToken);
        long? total = uris.ExitCode == 0 ? PrintedSize().Matches(uris.Output).Sum(match => long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture)) : null;
        var step = names.Length == 1 ? $"downloading package {names[0]}" : $"downloading {names.Length} packages";
        report.Report(step, 0, total);
        var download = await AptAsync("apt-get", ["-qq", "download", .. names], downloads, percent => report.Report(step, (long?)(total * percent / 100), total), cancellationToken);
        return download.ExitCode == 0 ? null : $"apt-get download failed{download.Because}";
    }

    /// <summary>What the packages depend on, directly or not, as far as it is wanted. Where there are no such packages, their download says so.</summary>
    private async Task<IEnumerable<string>> FindDependenciesAsync(DebianPackages packages, CancellationToken cancellationToken)
    {
        if (packages.DependencyPrefixes.Count == 0)
        {
            return [];
        }

        var depends = await AptAsync("apt-cache",
            ["depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances", .. packages.Names],
            _directory, null, cancellationToken);
        // Packages stand at the start of a line, virtual ones in angle brackets; what they depend on is indented.
        return depends.Output.Split('\n')
            .Where(line => packages.DependencyPrefixes.Any(prefix => line.StartsWith(prefix, StringComparison.Ordinal)) && PackageName().IsMatch(line))
            .Distinct().Except(packages.Names);
    }

    private async Task ExtractAsync(string downloads, string root, CancellationToken cancellationToken)
    {
        var files = new DirectoryInfo(downloads).GetFiles("*.deb");
        long completed = 0, total = files.Sum(file => file.Length);
        foreach (var file in files)
        {
            report.Report("extracting packages", completed, total);
            var result = await ChildProcess.RunAsync(Find("dpkg-deb")!, ["-x", file.FullName, root], Patience, null, cancellationToken: cancellationToken);
            if (result.ExitCode != 0)
            {
                throw new ToolSourceException($"dpkg-deb -x {file.Name} failed{result.Because}");
            }

            completed += file.Length;
        }

        report.Report("extracting packages", completed, total);
    }

    private Task<ChildResult> AptAsync(string command, IEnumerable<string> arguments, string workingDirectory, Action<double>? onPercent, CancellationToken cancellationToken)
    {
        string[] options =
        [
            "-c", Path.Combine(_directory, "apt.conf"),
            "-o", $"Dir::State::Lists={_directory}/lists",
            "-o", $"Dir::Cache={_directory}/cache",
            // As root apt would fetch as another user, who may not write to our directories. Signatures are verified either way.
            .. Environment.IsPrivilegedProcess ? (string[])["-o", "APT::Sandbox::User=root"] : [],
        ];
        return ChildProcess.RunAsync(Find(command)!, [.. options, .. arguments], Patience, onPercent is null ? null : line =>
        {
            if (DownloadStatus().Match(line) is { Success: true } status)
            {
                onPercent(double.Parse(status.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            }
        }, workingDirectory, cancellationToken);
    }

    private string? Find(string command) => CommandLookup.InDirectories(CommandLookup.Split(searchPath), [command]).FirstOrDefault();

    private static string? ReadRelease()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/etc/os-release"))
        {
            return null;
        }

        var values = File.ReadLines("/etc/os-release").Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => pair[1].Trim('"', '\''));
        return values["ID"].FirstOrDefault() is { Length: > 0 } id ? $"{id}-{values["VERSION_ID"].FirstOrDefault() ?? "rolling"}" : null;
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9+.-]+$")]
    private static partial Regex PackageName();

    // 'http://…/prometheus_2.42.0_amd64.deb' prometheus_2.42.0_amd64.deb 19257088 SHA256:…
    [GeneratedRegex(@"^'[^']+' \S+ (\d+) ", RegexOptions.Multiline)]
    private static partial Regex PrintedSize();

    // dlstatus:2:9.8987:Retrieving file 2 of 3
    [GeneratedRegex(@"^dlstatus:\d+:([\d.]+):")]
    private static partial Regex DownloadStatus();
}
