using System.ComponentModel;

namespace Transcendence.Hosting.Configuration;

/// <summary>A copy of a directory of configuration files, with the addresses at which its tool reaches the resources.</summary>
/// <param name="resource">The resource that reads the copy.</param>
/// <param name="tool">How it runs.</param>
/// <param name="source">The absolute path of the original; nothing in it is changed.</param>
/// <param name="edits">Further changes: to the texts by their paths in the directory.</param>
internal sealed partial class RenderedConfiguration(IResource resource, ToolAnnotation tool, string source, Func<IDictionary<string, string>, ResourceAddresses, IServiceProvider, CancellationToken, Task> edits) : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Passable = Private | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private readonly SemaphoreSlim _rendering = new(1, 1);

    /// <summary>The absolute path of the original.</summary>
    public string Source { get; } = source;

    /// <summary>What is wrong with the original as it is now; <see langword="null"/> when nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>The original of a part that is read as it is.</summary>
    public string OriginalOf(string part) => Path.Combine(Source, part);

    /// <summary>Makes the copy anew, has it judged, and puts it in the place of the old one: whole, or not at all.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="isRunning">Whether the tool reads the old copy now.</param>
    /// <param name="cancellationToken">Breaks it off; the old copy stays.</param>
    /// <returns>Whether anything in the copy is other than before.</returns>
    /// <exception cref="DistributedApplicationException">The original is not there or not valid, or the copy cannot be written; the old copy stays.</exception>
    public async Task<bool> RenderAsync(IServiceProvider services, bool isRunning, CancellationToken cancellationToken)
    {
        await _rendering.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var model = services.GetRequiredService<DistributedApplicationModel>();
            var addresses = new ResourceAddresses(resource, services.GetRequiredService<DistributedApplicationExecutionContext>(), model.Resources);
            var files = await ReadAsync(addresses, cancellationToken).ConfigureAwait(false);
            await edits(files, addresses, services, cancellationToken).ConfigureAwait(false);
            foreach (var path in files.Keys.ToList())
            {
                files[path] = tool.Edits.Value!.Aggregate(files[path], (text, edit) => edit(path, text));
            }

            if (isRunning && resource is IPrometheusResource)
            {
                ScrapeTargets.Empty(files, tool.HostConfigurationDirectory);
            }

            if (IsCurrent(files))
            {
                Fault = null;
                return false;
            }

            // What is copied may hold a secret: nobody else comes through here. A container's mount is no way through.
            Directory.CreateDirectory(Path.GetDirectoryName(tool.HostConfigurationDirectory)!);
            SetMode(Path.GetDirectoryName(tool.HostConfigurationDirectory)!, Private);
            var staging = tool.HostConfigurationDirectory + ".new";
            try
            {
                Write(staging, files);
                await CheckAsync(staging, services, cancellationToken).ConfigureAwait(false);
                Publish(staging, files);
            }
            finally
            {
                Delete(staging);
            }

            Fault = null;
            return true;
        }
        catch (DistributedApplicationException e)
        {
            Fault = e.Message;
            throw;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException(
                Fault = $"The configuration of '{resource.Name}' cannot be copied from '{Source}' to '{tool.HostConfigurationDirectory}': {e.Message.TrimEnd('.')}. " +
                $"Make room there or make it writable, or take another data directory with --{DataDirectoryExtensions.Setting}=PATH.", e);
        }
        finally
        {
            _rendering.Release();
        }
    }

    /// <summary>The texts of the copy, as the tool reads them now.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ReadCopyAsync(CancellationToken cancellationToken)
    {
        await _rendering.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Directory.EnumerateFiles(tool.HostConfigurationDirectory, "*", SearchOption.AllDirectories)
                .ToDictionary(file => Path.GetRelativePath(tool.HostConfigurationDirectory, file).Replace('\\', '/'), File.ReadAllText);
        }
        finally
        {
            _rendering.Release();
        }
    }

    /// <summary>Puts texts that were in the copy before back into it.</summary>
    public async Task PutBackAsync(IReadOnlyDictionary<string, string> files)
    {
        await _rendering.WaitAsync().ConfigureAwait(false);
        var staging = tool.HostConfigurationDirectory + ".new";
        try
        {
            Write(staging, new(files));
            Publish(staging, new(files));
        }
        finally
        {
            Delete(staging);
            _rendering.Release();
        }
    }

    /// <summary>The texts of the original, as they are.</summary>
    public Dictionary<string, string> ReadOriginal()
    {
        if (!Directory.Exists(Source))
        {
            throw new DistributedApplicationException($"The configuration of '{resource.Name}' is not there: '{Source}'. Restore that directory, then start '{resource.Name}' again.");
        }

        return ConfigurationFiles.In(Source)
            .Where(f => !tool.Tool.Originals.Any(part => f.Path.StartsWith($"{part}/", StringComparison.Ordinal)))
            .ToDictionary(f => f.Path, f => ReadFile(f.File));
    }

    // Prometheus takes an empty file for a configuration of nothing; it is what a save on a full disk leaves, or the first half of any other save.
    private string ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(file) is var text && (!string.IsNullOrWhiteSpace(text) || Path.GetExtension(file) is not (".yml" or ".yaml" or ".json")) ? text
                : throw new DistributedApplicationException($"The configuration of '{resource.Name}' is not valid; what was in force before stays so. {file} is empty. Restore it, or take it and what refers to it away.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException(
                $"The configuration of '{resource.Name}' cannot be read; what was in force before stays so. {file}: {e.Message.TrimEnd('.')}. Mend it, or remove it.", e);
        }
    }

    public void Dispose() => _rendering.Dispose();

    private async Task<Dictionary<string, string>> ReadAsync(ResourceAddresses addresses, CancellationToken cancellationToken)
    {
        var files = ReadOriginal();
        foreach (var (path, text) in files.Where(f => Path.GetExtension(f.Key) is ".yml" or ".yaml").ToList())
        {
            files[path] = LocalizePaths(await addresses.ReplaceAsync(text, cancellationToken).ConfigureAwait(false));
        }

        return files;
    }

    /// <summary>Replaces paths of the container, where the tool reads the files on this machine.</summary>
    private string LocalizePaths(string text) => tool.IsContainer ? text : tool.Tool.Originals
        .Aggregate(text, (t, part) => Replace(t, $"{tool.Tool.ConfigurationDirectory}/{part}", OriginalOf(part)));

    private static string Replace(string text, string path, string local) =>
        Regex.Replace(text, $@"(?<=[\s'""]){Regex.Escape(path)}(?![\w.-])", local.Replace('\\', '/').Replace("$", "$$", StringComparison.Ordinal), RegexOptions.CultureInvariant);

    private bool IsCurrent(Dictionary<string, string> files) => Directory.Exists(tool.HostConfigurationDirectory)
        && files.All(f => Path.Combine(tool.HostConfigurationDirectory, f.Key) is var file && File.Exists(file) && File.ReadAllText(file) == f.Value)
        && Directory.EnumerateFiles(tool.HostConfigurationDirectory, "*", SearchOption.AllDirectories).Count() == files.Count;

    private async Task CheckAsync(string staging, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (tool.Tool.Check is not { } check)
        {
            return;
        }

        try
        {
            var result = await RunAsync(check, staging, cancellationToken).ConfigureAwait(false);
            if (result is null)
            {
                LogUnchecked(services.GetRequiredService<ResourceLoggerService>().GetLogger(resource), check.Command, resource.Name);
            }
            else if (result.ExitCode != 0)
            {
                // What is wrong it says twice, and of the rest that it is well. That nobody has added a target by hand it says each time.
                var words = string.Join('\n', $"{result.Output}\n{result.Error}".Split('\n').Where(IsOfFault).Distinct())
                    .Replace(staging, Source, StringComparison.Ordinal).Replace(tool.ConfigurationDirectory, Source, StringComparison.Ordinal);
                throw new DistributedApplicationException($"The configuration of '{resource.Name}' is not valid; what was in force before stays so. {check.Command} says:\n{words}");
            }
        }
        catch (Exception e) when (e is ToolSourceException or Win32Exception)
        {
            throw new DistributedApplicationException($"The configuration of '{resource.Name}' cannot be checked: {e.Message}.", e);
        }
    }

    private static bool IsOfFault(string line) => !string.IsNullOrWhiteSpace(line) && !line.Contains("WARNING:", StringComparison.Ordinal) && !line.Contains("SUCCESS", StringComparison.Ordinal)
        && (!line.StartsWith("Checking ", StringComparison.Ordinal) || line.Contains("FAILED", StringComparison.Ordinal));

    /// <summary>Runs the checker that came with the tool; nothing where none did.</summary>
    private async Task<ChildResult?> RunAsync(ConfigurationCheck check, string directory, CancellationToken cancellationToken)
    {
        var patience = TimeSpan.FromSeconds(60);
        if (tool.IsContainer)
        {
            return tool.Runtime is { } runtime && resource.TryGetContainerImageName(out var image)
                ? await runtime.RunAsync(
                    patience, cancellationToken, ["run", "--rm", "--network", "none", "--volume", $"{directory}:{tool.Tool.ConfigurationDirectory}:ro", "--entrypoint", check.Command,
                    image, .. check.Arguments, $"{tool.Tool.ConfigurationDirectory}/{check.File}"]).ConfigureAwait(false)
                : null;
        }

        return tool.Installed is { } installed && ToolInstaller.FindCompanion(installed, check.Command) is { } command
            ? await ChildProcess.RunAsync(command, [.. check.Arguments, Path.Combine(directory, check.File)], patience, onLine: null, workingDirectory: installed.WorkingDirectory, cancellationToken: cancellationToken).ConfigureAwait(false)
            : null;
    }

    /// <summary>Moves the checked files to where the tool reads them: that takes no more room, so it does not end half-way.</summary>
    private void Publish(string staging, Dictionary<string, string> files)
    {
        // What refers to others comes last: a tool that reads meanwhile finds what it is told to look for.
        foreach (var (path, text) in files.OrderBy(f => f.Key == tool.Tool.Check?.File))
        {
            var file = Path.Combine(tool.HostConfigurationDirectory, path);
            if (!File.Exists(file) || File.ReadAllText(file) != text)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.Move(Path.Combine(staging, path), file, overwrite: true);
            }
        }

        foreach (var file in Directory.EnumerateFiles(tool.HostConfigurationDirectory, "*", SearchOption.AllDirectories))
        {
            if (!files.ContainsKey(Path.GetRelativePath(tool.HostConfigurationDirectory, file).Replace('\\', '/')))
            {
                File.Delete(file);
            }
        }

        LetOthersRead(tool.HostConfigurationDirectory);
    }

    private static void Write(string directory, Dictionary<string, string> files)
    {
        Delete(directory);
        foreach (var (path, text) in files)
        {
            var file = Path.Combine(directory, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        LetOthersRead(directory);
    }

    // A tool in a container is another user, whatever this one's umask.
    private static void LetOthersRead(string directory)
    {
        foreach (var file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            SetMode(file, Readable);
        }

        foreach (var each in Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories).Append(directory))
        {
            SetMode(each, Passable);
        }
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static void Delete(string directory)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [LoggerMessage(6, LogLevel.Warning, "{Checker} did not come with '{Tool}', so its configuration is not checked before it reads it.")]
    private static partial void LogUnchecked(ILogger logger, string checker, string tool);
}
