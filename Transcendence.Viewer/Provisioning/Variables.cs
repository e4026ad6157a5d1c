using System.Text.RegularExpressions;

namespace Transcendence.Viewer.Provisioning;

/// <summary>Replaces variables in the values of provisioning files.</summary>
/// <remarks>
/// As Grafana's documentation has it, "Provision Grafana": <c>${NAME}</c> first, then <c>$NAME</c>, so that a dollar sign in the value of the
/// latter stays; <c>$$</c> is a dollar sign; what is not set is empty.
/// </remarks>
internal static partial class Variables
{
    public static string Expand(string text, Func<string, string?> getVariable) => string.Join('$', text.Split("$$").Select(part =>
    {
        var braces = InBraces().Replace(part, m => getVariable(m.Groups[1].Value) ?? "");
        return Plain().Replace(braces, m => getVariable(m.Groups[1].Value) ?? "");
    }));

    [GeneratedRegex(@"\$\{(\w+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex InBraces();

    [GeneratedRegex(@"\$(\w+)", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
