// Aspire.Hosting has a type of this name.
global using TempDirectory = Transcendence.Tests.Infrastructure.TempDirectory;

namespace Transcendence.Tests.Infrastructure;

/// <summary>A directory of a test's own, removed with all that is in it.</summary>
internal sealed class TempDirectory : IDisposable
{
    /// <summary>Creates the directory.</summary>
    public TempDirectory() => FullName = Directory.CreateTempSubdirectory("transcendence-test-").FullName;

    /// <summary>The absolute path.</summary>
    public string FullName { get; }

    /// <summary>The absolute path of something inside.</summary>
    public string this[string relativePath] => Path.Combine(FullName, relativePath);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Windows keeps a file of a process that has just ended for a moment.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(FullName, recursive: true);
                return;
            }
            catch (DirectoryNotFoundException)
            {
                return;
            }
            catch (Exception e) when (attempt < 50 && e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(100);
            }
        }
    }
}
