using System.Collections.Concurrent;
using System.Text.Json;
using YamlDotNet.Core;

namespace Transcendence.Viewer.Provisioning;

/// <summary>A file that could not be used, or not wholly.</summary>
/// <param name="File">Its path.</param>
/// <param name="Message">What is wrong, and what to do.</param>
internal sealed record Problem(string File, string Message);

/// <summary>A file says something that cannot be used.</summary>
/// <param name="message">What is wrong, and what to do.</param>
internal sealed class ProvisioningException(string message) : Exception(message);

/// <summary>Reads files, each again only when it has changed.</summary>
/// <typeparam name="T">What is in a file.</typeparam>
/// <param name="read">Makes it of the text. <see cref="ProvisioningException"/>, <see cref="YamlException"/> and <see cref="JsonException"/> are the file's fault.</param>
internal sealed class FileReader<T>(Func<string, T> read) where T : class
{
    private readonly ConcurrentDictionary<string, (DateTime Time, long Length, T? Value, Problem? Problem)> _files = new();

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="problems">Gets what is wrong with it.</param>
    /// <returns>What is in it; <see langword="null"/> when something is wrong.</returns>
    public T? Read(string path, List<Problem> problems)
    {
        var file = new FileInfo(path);
        var (time, length) = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (!_files.TryGetValue(path, out var known) || known.Time != time || known.Length != length)
        {
            var (value, fault) = Read(path);
            _files[path] = known = (time, length, value, fault is null ? null : new Problem(path, fault));
        }

        problems.AddRange(known.Problem is { } problem ? [problem] : []);
        return known.Value;
    }

    private (T?, string?) Read(string path)
    {
        try
        {
            return (read(File.ReadAllText(path)), null);
        }
        catch (JsonException e)
        {
            return (null, $"It is not valid JSON: {e.Message}");
        }
        catch (YamlException e)
        {
            return (null, $"It is not valid YAML, line {e.Start.Line}: {(e.InnerException ?? e).Message}");
        }
        catch (Exception e) when (e is ProvisioningException or IOException or UnauthorizedAccessException)
        {
            return (null, e.Message);
        }
    }
}
