using Transcendence.Tests.Containers;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Deployment;

/// <summary>The images of our services, made once, as <c>docs/deploy.md</c> says.</summary>
internal static class ServiceImages
{
    /// <summary>Caddy's image.</summary>
    public const string Caddy = "caddy:tests";

    private static readonly string[] s_services = ["backend", "gateway", "alerts"];

    // The registry's port is in the names.
    private static readonly int s_registry = FreePort.Next();
    private static readonly Lazy<Task> s_made = new(() => DockerEngine.MakeAsync("services.sh", TimeSpan.FromMinutes(10), $"{s_registry}", "1", Caddy));

    /// <summary>What <c>.env</c> says of them.</summary>
    public static IEnumerable<string> Variables => s_services.Select(name => $"{name.ToUpperInvariant()}_IMAGE={NameOf(name, "1")}");

    /// <summary>Makes them, where they are not there yet.</summary>
    public static Task MakeAsync() => s_made.Value;

    /// <summary>The name of an image.</summary>
    public static string NameOf(string service, string tag) => string.Create(CultureInfo.InvariantCulture, $"localhost:{s_registry}/transcendence-{service}:{tag}");
}
