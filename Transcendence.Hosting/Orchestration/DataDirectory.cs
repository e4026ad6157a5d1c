using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.Orchestration;

/// <summary>The one place where the application keeps data on this machine.</summary>
internal sealed class DataDirectory
{
    private readonly Lazy<string?> _problem;

    /// <summary>Takes the directory from the configuration, or below the user's local application data.</summary>
    public DataDirectory(IConfiguration configuration, IHostEnvironment environment)
    {
#pragma warning disable CA1308 // A directory's name, by convention in lower case.
        var name = environment.ApplicationName.Split('.')[0].ToLowerInvariant();
#pragma warning restore CA1308
        var configured = configuration[SettingKey];
        Root = !string.IsNullOrEmpty(configured)
            ? Path.GetFullPath(configured, environment.ContentRootPath)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), name);
        var tools = configuration[ToolsSettingKey];
        Tools = !string.IsNullOrEmpty(tools) ? Path.GetFullPath(tools, environment.ContentRootPath) : Path.Combine(Root, "tools");
        _problem = new Lazy<string?>(Probe);
    }

    /// <summary>The configuration key that moves it.</summary>
    public const string SettingKey = "DataDirectory";

    /// <summary>The configuration key that moves the fetched tools elsewhere, where several applications can share them.</summary>
    public const string ToolsSettingKey = "ToolsDirectory";

    /// <summary>Its absolute path.</summary>
    public string Root { get; }

    /// <summary>Where fetched tools are kept.</summary>
    public string Tools { get; }

    /// <summary>What is wrong with it, and what to do; <see langword="null"/> when all is well.</summary>
    public string? Problem => _problem.Value;

    /// <summary>Makes sure that something can be written to it.</summary>
    /// <exception cref="DistributedApplicationException">Nothing can.</exception>
    public void EnsureWritable()
    {
        if (Problem is { } problem)
        {
            throw new DistributedApplicationException(problem);
        }
    }

    /// <summary>The directory that stands in for a volume; one for the resource itself where no mount is given.</summary>
    public string Volume(string resource, ContainerMountAnnotation? mount)
    {
        var name = mount is null ? resource : mount.Source ?? $"{resource}{mount.Target.Replace('/', '-')}";
        var path = Path.Combine(Root, mount is null ? "work" : "volumes", name);
        Directory.CreateDirectory(path);
        return path;
    }

    private string? Probe()
    {
        try
        {
            Directory.CreateDirectory(Root);
            var probe = Path.Combine(Root, $".probe-{Environment.ProcessId}");
            File.WriteAllBytes(probe, new byte[4096]);
            File.Delete(probe);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"The data directory '{Root}' cannot be written to: {e.Message.TrimEnd('.')}. Make room there or make it writable, or take another one with --{SettingKey}=PATH.";
        }
    }
}
