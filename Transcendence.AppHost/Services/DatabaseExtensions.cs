namespace Transcendence.AppHost;

/// <summary>Where services keep their data.</summary>
internal static class DatabaseExtensions
{
    /// <summary>The resource of PostgreSQL.</summary>
    public const string PostgreSql = "postgres";

    /// <summary>Keeps the database of a service, as the connection string of the service's name.</summary>
    /// <param name="builder">The service.</param>
    /// <param name="kind"><c>SQLite</c>, the default, is a file of this service's own; <c>PostgreSQL</c> is a server, whose database replicas of the service can share.</param>
    public static IResourceBuilder<ProjectResource> WithDatabase(this IResourceBuilder<ProjectResource> builder, string? kind = null) => kind?.ToUpperInvariant() switch
    {
        null or "" or "SQLITE" => builder.WithSqlite(),
        "POSTGRESQL" => builder.WithPostgreSql(),
        _ => throw new DistributedApplicationException($"Database={kind} is not known. Set it to SQLite or PostgreSQL."),
    };

    // In the data directory; on a server in a volume.
    private static IResourceBuilder<ProjectResource> WithSqlite(this IResourceBuilder<ProjectResource> builder)
    {
        var name = builder.Resource.Name;
        const string Volume = "/home/app"; // What its user owns in Microsoft's images, so that a new volume there is the user's too.
        return builder.ApplicationBuilder.ExecutionContext.IsRunMode
            ? builder.WithEnvironment($"ConnectionStrings__{name}", $"Data Source=\"{builder.ApplicationBuilder.GetDataPath(name, $"{name}.db")}\"")
            : builder.WithEnvironment($"ConnectionStrings__{name}", $"Data Source={Volume}/{name}.db").WithAnnotation(new ContainerMountAnnotation($"{name}-data", Volume, ContainerMountType.Volume, isReadOnly: false));
    }

    private static IResourceBuilder<ProjectResource> WithPostgreSql(this IResourceBuilder<ProjectResource> builder)
    {
        var application = builder.ApplicationBuilder;
        var server = application.AddPostgres(PostgreSql).WithVolume(application.ExecutionContext.IsRunMode ? null : $"{PostgreSql}-data");
        server.Resource.PasswordParameter.Description = "PostgreSQL's password. The first one counts. It is part of a connection string: without ; = and quotation marks.";
        var name = builder.Resource.Name;
        return builder.WithReference(server.AddDatabase($"{name}-database", name), connectionName: name).WaitFor(server);
    }

    private static IResourceBuilder<PostgresServerResource> WithVolume(this IResourceBuilder<PostgresServerResource> server, string? name) => server.WithDataVolume(name)
        .PublishAsDockerComposeService((_, service) =>
        {
            // As its image's own user it needs no right to become another.
            service.Harden("512m").User = "999:999";
            service.Tmpfs.Add("/var/run/postgresql");
            service.StopGracePeriod = "1m";
            service.Healthcheck = Hardening.HealthcheckOf("pg_isready", "-U", "postgres", "-h", "127.0.0.1");
        });
}
