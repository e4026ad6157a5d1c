using System.Security.Cryptography;
using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Transcendence.Hosting.Publishing;

/// <summary>A stack as <c>docker stack deploy</c> reads it: a Compose file of version 3, with configurations and secrets that Swarm keeps.</summary>
/// <param name="stack">Services and networks.</param>
/// <param name="name">The stack's name, or its variable.</param>
internal sealed partial class StackFile(ComposeFile stack, string name)
{
    private readonly SortedDictionary<string, object> _configs = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, object> _secrets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<object>> _configsOf = [];
    private readonly Dictionary<string, List<object>> _secretsOf = [];

    /// <summary>Gives a service a file: on a node there is no directory to mount.</summary>
    /// <param name="service">The service.</param>
    /// <param name="path">The file, beside the stack's.</param>
    /// <param name="content">What is in it: another one has another name, as Swarm changes none.</param>
    /// <param name="target">The path in the container.</param>
    /// <param name="isExecutable">Whether it is a program.</param>
    public void AddConfig(Service service, string path, byte[] content, string target, bool isExecutable)
    {
        // Swarm's names have letters, digits and dots, 64 characters at most.
        var version = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(path), .. content]))[..10];
        var key = $"{NotOfAName().Replace(path, "-")}-{version}";
        var file = NotOfAName().Replace(path[(path.LastIndexOf('/') + 1)..], "-");
        _configs[key] = new { Name = $"{name}_{file[..Math.Min(file.Length, 24)]}-{version}", File = $"./{path}" };
        Of(_configsOf, service).Add(new { Source = key, Target = target, Mode = isExecutable ? "0555" : null });
    }

    /// <summary>Gives a service a secret.</summary>
    /// <param name="service">The service.</param>
    /// <param name="secret">The secret's name.</param>
    /// <param name="file">The file's name below <c>/run/secrets</c>.</param>
    public void AddSecret(Service service, string secret, string file)
    {
        // No dash in the message: Docker 20.10 would take it for the one before a default.
        _secrets[secret] = new { Name = $"${{{StackSecrets.VariableOf(secret)}:?The script beside this file makes the secrets and deploys it}}", External = true };
        Of(_secretsOf, service).Add(new { Source = secret, Target = file });
    }

    /// <summary>The file's text.</summary>
    /// <returns>YAML, with line feeds.</returns>
    public string ToYaml() => ComposeYaml.Write(new
    {
        Version = "3.9",
        Services = stack.Services.Values.ToDictionary(service => service.Name, service => new
        {
            service.Image,
            service.User,
            service.Hostname,
            service.Labels,
            service.Entrypoint,
            service.Command,
            service.Environment,
            Ports = service.Ports.Select(StackServices.PortOf).ToList(),
            Networks = service.NetworksAndAliases,
            service.Volumes,
            Configs = Of(_configsOf, service),
            Secrets = Of(_secretsOf, service),
            service.Healthcheck,
            service.StopGracePeriod,
            service.ReadOnly,
            service.CapDrop,
            service.CapAdd,
            service.Logging,
            service.Deploy,
        }),
        Networks = stack.Networks.Values.ToDictionary(network => network.Name, network => new { Driver = "overlay", network.Internal }),
        // Tasks of one name beside each other have each their own.
        Volumes = stack.Services.Values
            .SelectMany(service => service.Volumes.Where(v => v.Type == "volume").Select(v => (v.Source, IsEach: service.Deploy?.Replicas > 1 || service.Deploy?.Mode == "global")))
            .GroupBy(v => v.Source!).ToDictionary(v => v.Key, v => new { Name = v.All(use => use.IsEach) ? $"{name}_{v.Key}-{{{{.Task.Slot}}}}" : null }),
        Configs = _configs,
        Secrets = _secrets,
    });

    [GeneratedRegex("[^A-Za-z0-9_.]+", RegexOptions.CultureInvariant)]
    private static partial Regex NotOfAName();

    private static List<object> Of(Dictionary<string, List<object>> lists, Service service) => lists.TryGetValue(service.Name, out var list) ? list : lists[service.Name] = [];
}
