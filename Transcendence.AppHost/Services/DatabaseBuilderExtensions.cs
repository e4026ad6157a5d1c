namespace Transcendence.AppHost;

/// <summary>Gives services a database file.</summary>
internal static class DatabaseBuilderExtensions
{
    /// <summary>Keeps the SQLite database of a service in the data directory, as the connection string of the service's name.</summary>
    public static IResourceBuilder<ProjectResource> WithDatabase(this IResourceBuilder<ProjectResource> builder)
    {
        var name = builder.Resource.Name;
        var file = builder.ApplicationBuilder.GetDataPath(name, $"{name}.db");
        return builder.WithEnvironment($"ConnectionStrings__{name}", $"Data Source={file}");
    }
}
