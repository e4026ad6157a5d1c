using Aspire.Hosting.Docker;
using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Transcendence.Hosting.Publishing;

/// <summary>The secrets of a stack: what a variable of a Compose file takes from <c>.env</c>, a task on a Swarm reads from a file that Swarm hands to it alone.</summary>
/// <param name="environment">The environment, which knows what is a secret.</param>
internal sealed partial class StackSecrets(DockerComposeEnvironmentResource environment)
{
    private readonly SortedDictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>The secrets by their names, with their values as a shell expands them.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Takes the secrets out of a service's environment.</summary>
    /// <param name="service">The service; changed in place.</param>
    /// <param name="isProject">Whether it is one of .NET, which reads every file of <c>/run/secrets</c> as a setting. Another is told the file by <c>NAME_FILE</c>, as many images have it.</param>
    /// <returns>The names of its secrets, and of the files that they are.</returns>
    public IReadOnlyDictionary<string, string> TakeFrom(Service service, bool isProject)
    {
        var taken = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (service.Command.Concat(service.Entrypoint).Concat(service.Healthcheck?.Test ?? []).Concat(service.Labels.Values).FirstOrDefault(IsSecret) is { } argument)
        {
            throw new DistributedApplicationException(
                $"'{service.Name}' cannot be published for a Swarm: its argument {Variable().Replace(argument, "…")} has a secret, which everybody on a node would see (so would a label or a health check). Give it by a variable of the environment.");
        }

        foreach (var (name, value) in service.Environment.Where(v => IsSecret(v.Value)).ToList())
        {
            var isWhole = Variable().Match(value) is { Success: true } match && match.Length == value.Length;
            var secret = isWhole ? Variable().Match(value).Groups["name"].Value : $"{service.Name}-{name}";
            _values[secret] = ShellEscape().Replace(value, match => match.Value == "$$" ? @"\$" : $@"\{match.Value}");
            taken[secret] = name;
            service.Environment.Remove(name);
            if (!isProject)
            {
                service.Environment[$"{name}_FILE"] = $"/run/secrets/{name}";
            }
        }

        return taken;
    }

    /// <summary>The variable by which the stack's file learns the name that a secret has on the Swarm: another one for another value, as none is ever changed there.</summary>
    public static string VariableOf(string secret) => $"{ComposeValues.VariableOf(secret)}_SECRET";

    private bool IsSecret(string value) => Variable().Matches(value).Any(match =>
        environment.CapturedEnvironmentVariables.TryGetValue(match.Groups["name"].Value, out var variable) && variable.Source is ParameterResource { Secret: true });

    [GeneratedRegex(@"(?<!\$)\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)[^}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\$\$|[\\`]", RegexOptions.CultureInvariant)]
    private static partial Regex ShellEscape();
}
