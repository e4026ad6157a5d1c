using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Transcendence.Hosting.Prometheus;
using Transcendence.Hosting.Tools;

namespace Transcendence.Hosting.Configuration;

/// <summary>A copy of a directory of configuration files, with the addresses at which its tool reaches the resources.</summary>
/// <param name="resource">The resource that reads the copy.</param>
/// <param name="tool">How it runs.</param>
/// <param name="source">The absolute path of the original; nothing in it is changed.</param>
/// <param name="edits">Further changes: to the texts by their paths in the directory.</param>
internal sealed partial class RenderedConfiguration(IResource resource, ToolAnnotation tool, string source, Func<IDictionary<string, string>, ResourceAddresses, IServiceProvider, CancellationToken, Task> edits) : IDisposable
{
    private readonly SemaphoreSlim _rendering = new(1, 1);

    /// <summary>The absolute path of the original.</summary>
    public string Source { get; } = source;

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
            if (isRunning && resource is IPrometheusResource)
            {
                ScrapeTargets.Empty(files, tool.HostConfigurationDirectory);
            }

            if (IsCurrent(files))
            {
                return false;
            }

            // What is copied may hold a secret: nobody else comes through here. A container's mount is no way through.
            CreatePrivateDirectory(Path.GetDirectoryName(tool.HostConfigurationDirectory)!);
            await CheckAsync(files, cancellationToken).ConfigureAwait(false);
            Publish(files);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DistributedApplicationException(
                $"The configuration of '{resource.Name}' cannot be copied from '{Source}' to '{tool.HostConfigurationDirectory}': {e.Message.TrimEnd('.')}. " +
                $"Make room there or make it writable, or take another data directory with --{DataDirectoryExtensions.Setting}=PATH.", e);
        }
        finally
        {
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

        return Directory.EnumerateFiles(Source, "*", SearchOption.AllDirectories)
            .Select(file => (file, path: Path.GetRelativePath(Source, file).Replace('\\', '/')))
            .Where(f => !tool.Tool.Originals.Any(part => f.path.StartsWith($"{part}/", StringComparison.Ordinal)))
            .ToDictionary(f => f.path, f => File.ReadAllText(f.file));
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

    private async Task CheckAsync(Dictionary<string, string> files, CancellationToken cancellationToken)
    {
        if (tool.Tool.Check is not { } check)
        {
            return;
        }

        var staging = tool.HostConfigurationDirectory + ".new";
        try
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }

            foreach (var (path, text) in files)
            {
                Write(Path.Combine(staging, path), text);
            }

            var result = await RunAsync(check, staging, cancellationToken).ConfigureAwait(false);
            if (result is { ExitCode: not 0 })
            {
                var words = string.Join('\n', new[] { result.Output.Trim(), result.Error.Trim() }.Where(w => w.Length > 0))
                    .Replace(staging, Source, StringComparison.Ordinal).Replace(tool.ConfigurationDirectory, Source, StringComparison.Ordinal);
                throw new DistributedApplicationException($"The configuration of '{resource.Name}' is not valid; what was in force before stays so. {check.Command} says:\n{words}");
            }
        }
        catch (ToolSourceException e)
        {
            throw new DistributedApplicationException($"The configuration of '{resource.Name}' cannot be checked: {e.Message}.", e);
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }

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

    private void Publish(Dictionary<string, string> files)
    {
        // What refers to others comes last: a tool that reads meanwhile finds what it is told to look for.
        var check = tool.Tool.Check?.File;
        foreach (var (path, text) in files.OrderBy(f => f.Key == check))
        {
            Write(Path.Combine(tool.HostConfigurationDirectory, path), text);
        }

        foreach (var file in Directory.EnumerateFiles(tool.HostConfigurationDirectory, "*", SearchOption.AllDirectories))
        {
            if (!files.ContainsKey(Path.GetRelativePath(tool.HostConfigurationDirectory, file).Replace('\\', '/')))
            {
                File.Delete(file);
            }
        }
    }

    private static void CreatePrivateDirectory(string path)
    {
        Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static void Write(string file, string text)
    {
        if (File.Exists(file) && File.ReadAllText(file) == text)
        {
            return;
        }

        // A tool in a container is another user.
        const UnixFileMode Directories = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        const UnixFileMode Files = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);

        // Renamed, so that nobody reads half a file.
        var temporary = $"{file}.tmp";
        File.WriteAllText(temporary, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.GetDirectoryName(file)!, Directories);
            File.SetUnixFileMode(temporary, Files);
        }

        File.Move(temporary, file, overwrite: true);
    }
}
