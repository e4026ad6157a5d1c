using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Transcendence.Hosting.Publishing;

/// <summary>Writes Compose files.</summary>
internal static class ComposeYaml
{
    private static readonly ISerializer s_serializer = new SerializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull | DefaultValuesHandling.OmitEmptyCollections)
        .IncludeNonPublicProperties()
        // Compose 1.29 reads YAML 1.1, in which `no` is false and 22:22 a number.
        .WithQuotingNecessaryStrings(quoteYaml1_1Strings: true)
        .WithIndentedSequences()
        .WithNewLine("\n")
        .DisableAliases()
        .Build();

    /// <summary>The text of a file.</summary>
    public static string Write(object file) => s_serializer.Serialize(file);
}
