using System.IO.Enumeration;

namespace Transcendence.Hosting.Tools;

/// <summary>
/// Fetches packages from the distribution's own archive with apt, and extracts them without installing them.
/// apt gets lists and a cache of its own, so neither root nor the system's state is touched, and it verifies the archive's signature as always.
/// </summary>
internal sealed partial class DebianArchive(string cacheDirectory, string searchPath, ToolReport report)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>How long fetched lists are taken to be fresh, so that the second tool of a start does not fetch them again.</summary>
    private static readonly TimeSpan s_listsAge = TimeSpan.FromHours(1);

    // Read by -c, after the machine's own configuration (the file of APT_CONFIG would be read before it). Hooks of `update` work on the machine's state,
    // which ours is not, and fail without root; descriptions, icons and contents are megabytes that nobody here reads; a host that is not there shall be noticed soon.
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
    public static string? Release { get; } = OperatingSystem.IsLinux() && File.Exists("/etc/os-release") ? ReadRelease() : null;

    /// <summary>What this machine lacks to fetch packages; <see langword="null"/> when it lacks nothing.</summary>
    public string? Problem => Array.Find(["apt-get", "apt-cache", "dpkg-deb"], command => Find(command) is null) is { } missing ? $"'{missing}' is not on PATH"
        : Release is null ? "/etc/os-release does not name the distribution"
        : null;

    /// <summary>Fetches the tool's package, with what it needs, and extracts it into the tree.</summary>
    /// <exception cref="ToolSourceException">apt does not have it, or does not reach its archive.</exception>
    public async Task FetchAsync(NativeTool tool, string staging, string root, CancellationToken cancellationToken)
    {
        var package = tool.Debian!;
        var downloads = Directory.CreateDirectory(Path.Combine(staging, "packages")).FullName;
        using (await ToolCache.LockAsync(_directory, "waiting for another fetch of packages", report, cancellationToken).ConfigureAwait(false))
        {
            await DownloadAsync(package, downloads, cancellationToken).ConfigureAwait(false);
        }

        await ExtractAsync(downloads, root, cancellationToken).ConfigureAwait(false);
        foreach (var unneeded in package.Unneeded.Select(path => Path.Combine(root, path)).Where(Directory.Exists))
        {
            Directory.Delete(unneeded, recursive: true);
        }

        MakeLinksRelative(root);
        if (package.FixedPaths.Count > 0)
        {
            MakePathsRelative(ToolCache.FindBinary(root, tool), package.FixedPaths);
        }
    }

    /// <summary>Makes every absolute link relative whose target is in the tree, so that it may lie anywhere. All others are left as they are.</summary>
    internal static void MakeLinksRelative(string root)
    {
        foreach (var entry in Walk(root).Where(entry => Path.IsPathRooted(entry.LinkTarget)).ToList())
        {
            var target = Path.Combine(root, entry.LinkTarget!.TrimStart('/'));
            // The target may itself be a link that is not made relative yet.
            if (Path.Exists(target) || new FileInfo(target).LinkTarget is not null)
            {
                var relative = Path.GetRelativePath(Path.GetDirectoryName(entry.FullName)!, target);
                entry.Delete();
                File.CreateSymbolicLink(entry.FullName, relative);
            }
        }
    }

    /// <summary>
    /// Makes absolute paths in a binary relative to its working directory: <c>/usr/share/x</c> becomes <c>usr//share/x</c>,
    /// which is as long, so that nothing else in the binary moves.
    /// </summary>
    internal static void MakePathsRelative(string binary, IEnumerable<string> absolutePaths)
    {
        // A character stands for each byte.
        var content = absolutePaths.Aggregate(Encoding.Latin1.GetString(File.ReadAllBytes(binary)), (text, path) =>
            text.Replace(path, path.Insert(path.IndexOf('/', 1), "/")[1..], StringComparison.Ordinal));
        File.WriteAllBytes(binary, Encoding.Latin1.GetBytes(content));
    }

    /// <summary>Everything below a directory. Links are met, but not followed.</summary>
    internal static IEnumerable<FileSystemInfo> Walk(string directory) => new FileSystemEnumerable<FileSystemInfo>(
        directory, (ref entry) => entry.ToFileSystemInfo(), new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
    {
        ShouldRecursePredicate = (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
    };

    private async Task DownloadAsync(DebianPackage package, string downloads, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(_directory, "lists", "partial"));
        Directory.CreateDirectory(Path.Combine(_directory, "cache", "archives", "partial"));
        await File.WriteAllTextAsync(Path.Combine(_directory, "apt.conf"), Configuration, cancellationToken).ConfigureAwait(false);

        var updated = new FileInfo(Path.Combine(_directory, "updated"));
        if (DateTime.UtcNow - updated.LastWriteTimeUtc < s_listsAge && await TryDownloadAsync(package, downloads, cancellationToken).ConfigureAwait(false) is null)
        {
            return;
        }

        // A source of the user's that cannot be reached ends in a warning here. Whether the packages can be had is what counts.
        report.Report("fetching the package lists of the distribution");
        var update = await AptAsync("apt-get", ["-qq", "update"], _directory, null, cancellationToken).ConfigureAwait(false);
        if (await TryDownloadAsync(package, downloads, cancellationToken).ConfigureAwait(false) is { } failure)
        {
            throw new ToolSourceException($"apt-get update{(update.Because.Length > 0 ? update.Because : " succeeded")}; then {failure}");
        }

        await File.WriteAllTextAsync(updated.FullName, "", cancellationToken).ConfigureAwait(false);
    }

    /// <returns>What went wrong, or <see langword="null"/>.</returns>
    private async Task<string?> TryDownloadAsync(DebianPackage package, string downloads, CancellationToken cancellationToken)
    {
        report.Report("resolving packages");
        // What the package depends on, directly or not, as far as it is wanted. Where there is no such package, its download says so.
        string[] options = ["--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks", "--no-replaces", "--no-enhances"];
        var depends = await AptAsync("apt-cache", ["depends", .. options, package.Name], _directory, null, cancellationToken).ConfigureAwait(false);
        // Packages stand at the start of a line, virtual ones in angle brackets; what they depend on is indented.
        var wanted = depends.Output.Split('\n')
            .Where(line => package.DependencyPrefixes.Any(prefix => line.StartsWith(prefix, StringComparison.Ordinal)) && PackageName().IsMatch(line));
        string[] names = [.. wanted.Prepend(package.Name).Distinct()];
        var uris = await AptAsync("apt-get", ["--print-uris", "download", .. names], downloads, null, cancellationToken).ConfigureAwait(false);
        var sizes = PrintedSize().Matches(uris.Output).Select(match => long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        long? total = uris.ExitCode == 0 ? sizes.Sum() : null;
        var step = names.Length == 1 ? $"downloading package {names[0]}" : $"downloading {names.Length} packages";
        Report(0);
        var download = await AptAsync("apt-get", ["-qq", "download", .. names], downloads, Report, cancellationToken).ConfigureAwait(false);
        return download.ExitCode == 0 ? null : $"apt-get download failed{download.Because}";

        void Report(double percent) => report.Report(step, (long?)(total * percent / 100), total);
    }

    private async Task ExtractAsync(string downloads, string root, CancellationToken cancellationToken)
    {
        const string Step = "extracting packages";
        var files = new DirectoryInfo(downloads).GetFiles("*.deb");
        long completed = 0, total = files.Sum(file => file.Length);
        foreach (var file in files)
        {
            report.Report(Step, completed, total);
            string[] arguments = ["-x", file.FullName, root];
            var result = await ChildProcess.RunAsync(Find("dpkg-deb")!, arguments, s_patience, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (result.ExitCode != 0)
            {
                throw new ToolSourceException($"dpkg-deb -x {file.Name} failed{result.Because}");
            }

            completed += file.Length;
        }

        report.Report(Step, completed, total);
    }

    private Task<ChildResult> AptAsync(
        string command, IEnumerable<string> arguments, string workingDirectory, Action<double>? onPercent, CancellationToken cancellationToken)
    {
        string[] options =
        [
            "-c", Path.Combine(_directory, "apt.conf"),
            "-o", $"Dir::State::Lists={_directory}/lists",
            "-o", $"Dir::Cache={_directory}/cache",
            // As root apt would fetch as another user, who may not write to our directories. Signatures are verified either way.
            .. Environment.IsPrivilegedProcess ? (string[])["-o", "APT::Sandbox::User=root"] : [],
        ];
        return ChildProcess.RunAsync(Find(command)!, [.. options, .. arguments], s_patience, line =>
        {
            if (DownloadStatus().Match(line) is { Success: true } status)
            {
                onPercent?.Invoke(double.Parse(status.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            }
        }, workingDirectory, cancellationToken);
    }

    private string? Find(string command) => ChildProcess.Find(ChildProcess.Split(searchPath), command).FirstOrDefault();

    private static string? ReadRelease()
    {
        var pairs = File.ReadLines("/etc/os-release").Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2);
        var values = pairs.ToLookup(pair => pair[0], pair => pair[1].Trim('"', '\''));
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
