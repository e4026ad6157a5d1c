using System.Collections.Concurrent;
using System.Text.Json;
using YamlDotNet.Core;

namespace Transcendence.Viewer.Provisioning;

/// <summary>Reads files, each again only when it has changed.</summary>
/// <typeparam name="T">What is in a file.</typeparam>
/// <param name="read">Makes it of the text. <see cref="ProvisioningException"/>, <see cref="YamlException"/> and <see cref="JsonException"/> are the file's fault.</param>
internal sealed class FileReader<T>(Func<string, T> read) where T : class
{
    private readonly ConcurrentDictionary<string, Entry> _files = new();

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="problem">What is wrong with it, if anything.</param>
    /// <returns>What is in it; <see langword="null"/> when something is wrong.</returns>
    public T? Read(string path, out Problem? problem)
    {
        var file = new FileInfo(path);
        var stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (!_files.TryGetValue(path, out var entry) || entry.Stamp != stamp)
        {
            entry = Read(path, stamp);
            _files[path] = entry;
        }

        problem = entry.Problem;
        return entry.Value;
    }

    private Entry Read(string path, (DateTime, long) stamp)
    {
        try
        {
            return new Entry(stamp, read(File.ReadAllText(path)), null);
        }
        catch (JsonException e)
        {
            return new Entry(stamp, null, new Problem(path, $"It is not valid JSON: {e.Message}"));
        }
        catch (YamlException e)
        {
            return new Entry(stamp, null, new Problem(path, $"It is not valid YAML, line {e.Start.Line}: {(e.InnerException ?? e).Message}"));
        }
        catch (Exception e) when (e is ProvisioningException or IOException or UnauthorizedAccessException)
        {
            return new Entry(stamp, null, new Problem(path, e.Message));
        }
    }

    private sealed record Entry((DateTime, long) Stamp, T? Value, Problem? Problem);
}
