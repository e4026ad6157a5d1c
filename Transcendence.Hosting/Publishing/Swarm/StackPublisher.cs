using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Transcendence.Hosting.Publishing;

/// <summary>Adds to a publication what several machines need: <c>docker-stack.yaml</c>, the files that are other there, and the script that deploys them.</summary>
/// <param name="environment">The environment.</param>
/// <param name="services">The services of the Compose file.</param>
/// <param name="files">What is published.</param>
internal sealed class StackPublisher(DockerComposeEnvironmentResource environment, ComposeServices services, PublishedFiles files)
{
    private const string Directory = "stack";

    /// <summary>Adds the files.</summary>
    /// <param name="compose">The Compose file, which is whole.</param>
    /// <returns>The stack's text, for the variables in it.</returns>
    /// <exception cref="DistributedApplicationException">Something cannot be published so.</exception>
    public string Write(ComposeFile compose)
    {
        const string Variable = "STACK_NAME";
        var defaultName = environment.StackName!;
        environment.CapturedEnvironmentVariables[Variable] = new() { Name = Variable, DefaultValue = defaultName, Description = "Name of the stack on a Swarm (docker-stack.sh)." };
        var name = $"${{{Variable}:-{defaultName}}}";

        var stack = new ComposeFile { Networks = compose.Networks };
        var file = new StackFile(stack, name);
        var secrets = new StackSecrets(environment);
        foreach (var resource in services.Published)
        {
            var service = StackServices.Of(compose.Services[resource.Name.ToLowerInvariant()], name);
            stack.AddService(service);
            foreach (var (secret, target) in secrets.TakeFrom(service, resource is ProjectResource))
            {
                file.AddSecret(service, secret, target);
            }

            foreach (var customization in resource.Annotations.OfType<DockerStackServiceCustomizationAnnotation>())
            {
                customization.Configure(service);
            }
        }

        environment.ConfigureStack?.Invoke(stack);
        foreach (var resource in services.Published)
        {
            AddConfigs(resource, stack.Services[resource.Name.ToLowerInvariant()], stack, file);
        }

        foreach (var (secret, value) in secrets.Values)
        {
            files.Add($"{Directory}/secrets/{secret}", value + "\n");
        }

        var yaml = file.ToYaml();
        files.Add("docker-stack.yaml", "# Written by `aspire publish`, for Docker Swarm: sh docker-stack.sh deploys it. What differs there, docker-stack.override.yaml says.\n" + yaml);
        using var script = typeof(StackPublisher).Assembly.GetManifestResourceStream("docker-stack.sh")!;
        using var reader = new StreamReader(script);
        files.Add("docker-stack.sh", reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal).Replace("@STACK@", defaultName, StringComparison.Ordinal), isExecutable: true);
        return yaml;
    }

    // What is mounted from beside the file, each file on its own.
    private void AddConfigs(IResource resource, Service service, ComposeFile stack, StackFile file)
    {
        foreach (var mount in service.Volumes.Where(v => v.Type == "bind" && v.Source!.StartsWith("./", StringComparison.Ordinal)).ToList())
        {
            var path = mount.Source![2..];
            var paths = files.PathsOf(path).Where(p => resource is not IToolResource || p == path || !IsForPeople(p[(path.Length + 1)..])).ToList();
            if (paths.Count == 0)
            {
                throw new DistributedApplicationException($"'{service.Name}' cannot be published for a Swarm: there is no file in what it mounts at {mount.Target}, and Swarm knows no directory. Put one there, or take the mount away.");
            }

            // Where each file of the mount comes from: as it is, or other on a Swarm.
            var sources = new OrderedDictionary<string, string>(paths.Select(p => KeyValuePair.Create(p, p)));
            foreach (var (changed, text) in resource is IPrometheusResource ? Render(path, paths, stack, service) : [])
            {
                if (text is null)
                {
                    sources.Remove(changed);
                    continue;
                }

                files.Add($"{Directory}/{changed}", text, sources.ContainsKey(changed) && files.Of(changed).IsExecutable);
                sources[changed] = $"{Directory}/{changed}";
            }

            foreach (var (original, source) in sources)
            {
                var (content, isExecutable) = files.Of(source);
                file.AddConfig(service, source, content, original == path ? mount.Target! : $"{mount.Target}/{original[(path.Length + 1)..]}", isExecutable);
            }

            service.Volumes.Remove(mount);
        }
    }

    // What is other on a Swarm, by its path; nothing for what is not there any more.
    private Dictionary<string, string?> Render(string directory, List<string> paths, ComposeFile stack, Service service)
    {
        var before = paths.ToDictionary(p => p[(directory.Length + 1)..], p => Encoding.UTF8.GetString(files.Of(p).Content));
        var after = new SortedDictionary<string, string>(before, StringComparer.Ordinal);
        DnsTargets.Render(after, stack.Services, hasReplicas: service.Deploy?.Replicas > 1);
        return before.Keys.Union(after.Keys).Where(path => before.GetValueOrDefault(path) != after.GetValueOrDefault(path)).ToDictionary(path => $"{directory}/{path}", path => after.GetValueOrDefault(path));
    }

    // Tools do not read words, and the tests of their rules.
    private static bool IsForPeople(string path) => path.EndsWith(".md", StringComparison.Ordinal) || path.StartsWith("tests/", StringComparison.Ordinal);
}
