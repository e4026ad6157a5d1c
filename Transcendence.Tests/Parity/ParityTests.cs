using System.Reflection;
using System.Text.RegularExpressions;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Parity;

/// <summary>
/// What the AppHost and these tests use of the hosting API is Aspire's: they compile against its packages, too, which are not at
/// hand where this is written. <c>Aspire-13.2.txt</c> has the signatures. With Aspire's engine the same tests hold the table itself
/// to the real assemblies.
/// </summary>
public sealed partial class ParityTests
{
    private const string TableFile = "Transcendence.Tests/Parity/Aspire-13.2.txt";

    // What the project files compile with one engine only.
    private static readonly string[] OfOneEngine =
    [
        "/Transcendence.AppHost/Engines/",
        "/Transcendence.Tests/Engine/",
        "/Transcendence.Tests/Processes/",
        "/Transcendence.Tests/Native/",
        "/Transcendence.Tests/Browser/",
        "/Transcendence.Tests/Dashboard/",
        "/Transcendence.Tests/Viewer/",
    ];

    private static readonly Assembly[] Hosting = [.. new[] { typeof(IDistributedApplicationBuilder).Assembly, typeof(DistributedApplicationTestingBuilder).Assembly }.Distinct()];

    private static readonly bool IsEmbedded = Hosting[0].GetName().Name == "Transcendence.Hosting";

    private static readonly Lazy<Dictionary<string, HashSet<string>>> Table = new(ReadTable);

    public static TheoryData<string> Users => new("Transcendence.AppHost", "Transcendence.Tests");

    [Theory]
    [MemberData(nameof(Users))]
    public void AllThatIsUsedIsAspires(string user)
    {
        using var uses = new HostingUses(Assembly.Load(user), Hosting);
        var found = uses.Find().Where(use => !OfOneEngine.Any(folder => use.Document.Contains(folder, StringComparison.Ordinal))).ToList();
        Assert.Contains(found, use => use.Member.Name == nameof(DistributedApplication));
        AssertNone(found
            .SelectMany(use => Lines(use.Member).Where(line => !IsListed(line)).Select(line => (Line: line, use.User)))
            .GroupBy(use => use.Line, use => use.User, (line, users) => $"{line.Type}: `{line.Text}` is not in {TableFile}; used by {users.First()}")
            .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void TheEngineOffersAllOfTheTableAsItStandsThere()
    {
        var types = Hosting.SelectMany(a => a.GetTypes()).Where(t => t.IsVisible).ToLookup(Signatures.FullName);
        Assert.NotEmpty(Table.Value);
        AssertNone(Table.Value.SelectMany(entry => types[entry.Key].ToList() switch
        {
            [var type] when Signatures.Of(type).ToHashSet() is var lines => entry.Value.Except(lines).Select(line => $"{entry.Key}: `{line}` is not offered by {type}. It has:{Similar(line, lines)}"),
            _ => [$"{entry.Key} is no public type of {string.Join(", ", Hosting.Select(a => a.GetName().Name))}"],
        }));
    }

    private static void AssertNone(IEnumerable<string> differences)
    {
        var text = string.Join('\n', differences);
        Assert.True(text.Length == 0, text);
    }

    private static string Similar(string line, IEnumerable<string> lines)
    {
        var name = NameIn(line);
        return string.Concat(lines.Where(other => NameIn(other) == name).Select(other => $"\n    {other}"));
    }

    private static string NameIn(string line) => MemberName().Match(line).Value;

    private static bool IsListed((string Type, string Text) line) => Table.Value.TryGetValue(line.Type, out var lines) && lines.Contains(line.Text);

    /// <summary>The lines that must be in the table so that a type or member may be used.</summary>
    private static IEnumerable<(string Type, string Text)> Lines(MemberInfo member)
    {
        var type = member as Type ?? member.DeclaringType!;
        var lines = member is not Type ? [Signatures.OfMember(member) ?? $"{member} (not public)"]
            : !type.IsVisible ? [$"{type} (not public)"]
            // Bases and constants are used without a trace: all that the embedded engine has must be Aspire's, which may have more.
            : IsEmbedded ? Signatures.OfType(type) : Signatures.OfType(type).Take(1);
        return lines.Select(line => (Signatures.FullName(type), line));
    }

    private static Dictionary<string, HashSet<string>> ReadTable()
    {
        var table = new Dictionary<string, HashSet<string>>();
        var scope = "";
        HashSet<string> lines = [];
        foreach (var line in File.ReadLines(Path.Combine(ServiceProcess.RepositoryRoot, TableFile)))
        {
            if (line.StartsWith("namespace ", StringComparison.Ordinal))
            {
                scope = line["namespace ".Length..];
            }
            else if (line.StartsWith(' '))
            {
                lines.Add(line.Trim());
            }
            else if (TypeName().Match(line) is { Success: true, Value: var name })
            {
                lines = table[$"{scope}.{name}"] = [line];
            }
        }

        return table;
    }

    [GeneratedRegex(@"\w+(?=(<[\w, ]+>)?\(| \{| =|$)", RegexOptions.CultureInvariant)]
    private static partial Regex MemberName();

    [GeneratedRegex("(?<=^[a-z ]*(class|record|struct|interface|enum) )\\S.*?(?= where |$)", RegexOptions.CultureInvariant)]
    private static partial Regex TypeName();
}
