using System.Net.Http.Headers;
using Transcendence.Hosting.Tools;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Deployment;

/// <summary>Our application, published as a user does it without the CLI.</summary>
internal static class Publication
{
    /// <summary>What is committed of it.</summary>
    public static string Committed { get; } = Path.Combine(ServiceProcess.RepositoryRoot, "deploy");

    /// <summary>Publishes, by a process of its own.</summary>
    /// <param name="directory">Where to.</param>
    /// <param name="arguments">Further arguments of the AppHost.</param>
    public static Task<ChildResult> PublishAsync(string directory, params string[] arguments) => RunStepAsync("publish", ["--output-path", directory, .. arguments]);

    /// <summary>Runs a step of the application's pipeline as a user does it without the CLI.</summary>
    /// <param name="step">The step.</param>
    /// <param name="arguments">Further arguments of the AppHost.</param>
    public static Task<ChildResult> RunStepAsync(string step, params string[] arguments) => ChildProcess.RunAsync(
        "dotnet",
        [
            "run", "--no-build", "--configuration", ServiceProcess.Configuration, "--project", Path.Combine(ServiceProcess.RepositoryRoot, "Transcendence.AppHost"), "--",
            "--operation", "publish", "--step", step, .. arguments,
        ],
        TimeSpan.FromMinutes(2));

    /// <summary>What a file such as <c>.env</c> says; of a variable that is there twice the last.</summary>
    public static Dictionary<string, string> Env(string file) => File.ReadAllLines(file).Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('=', 2)).GroupBy(parts => parts[0], parts => parts[1]).ToDictionary(values => values.Key, values => values.Last());

    /// <summary>User and password of Grafana and of the inbox, as a header has them.</summary>
    public static AuthenticationHeaderValue LoginOf(string directory)
    {
        var env = Env(Path.Combine(directory, ".env"));
        return ServiceProcess.Basic(env["GF_SECURITY_ADMIN_USER"], env["GF_SECURITY_ADMIN_PASSWORD"]);
    }

    /// <summary>The published files by their paths, but for <c>.env</c>.</summary>
    public static SortedDictionary<string, string> FilesOf(string directory) => new(
        Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Select(file => (file, path: Path.GetRelativePath(directory, file).Replace('\\', '/')))
            .Where(f => f.path != ".env").ToDictionary(f => f.path, f => File.ReadAllText(f.file)),
        StringComparer.Ordinal);
}
