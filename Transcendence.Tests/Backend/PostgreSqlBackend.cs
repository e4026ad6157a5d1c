using Transcendence.Tests.Containers;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Backend;

/// <summary>A backend that keeps its data in PostgreSQL.</summary>
[CollectionDefinition(Name)]
public sealed class PostgreSqlBackend : BackendService, ICollectionFixture<PostgreSqlBackend>
{
    /// <summary>The collection of these tests.</summary>
    public const string Name = "backend with PostgreSQL";

    private const string Password = "only for 'tests'; it is quoted";

    private readonly EngineTurn _turn = new();
    private string? _container;
    private string? _published;

    /// <summary>What leads to the database, without the password.</summary>
    internal string Address
    {
        get
        {
            Skip.If(WhyMissing is not null, WhyMissing);
            return $"Host={_published!.Split(':')[0]};Port={_published.Split(':')[1]};Username=postgres";
        }
    }

    /// <summary>Starts another one, which shares the database.</summary>
    internal Task<ServiceProcess> StartAnotherAsync() => StartProcessAsync();

    /// <summary>Has the server hang meanwhile.</summary>
    internal async Task WhileHangingAsync(Func<Task> what)
    {
        await DockerEngine.DockerAsync("pause", _container!);
        try
        {
            await what();
        }
        finally
        {
            await DockerEngine.DockerAsync("unpause", _container!);
        }
    }

    /// <inheritdoc/>
    public override async Task InitializeAsync()
    {
        if (WhyMissing is not null)
        {
            return;
        }

        await _turn.TakeAsync();
        await DockerEngine.PrepareAsync();
        await ContainerImages.MakePostgreSqlAsync();
        _container = await DockerEngine.DockerAsync(
            "run", "--detach", "--network", DockerEngine.Network, "--publish", "127.0.0.1::5432", "--env", $"POSTGRES_PASSWORD={Password}", ContainerImages.PostgreSql);
        _published = await DockerEngine.DockerAsync("port", _container, "5432/tcp");

        // Two at once, while the server still starts: one makes the database, and the other waits for it.
        var another = StartAnotherAsync();
        await base.InitializeAsync();
        await (await another).DisposeAsync();
    }

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
            if (_container is not null)
            {
                await DockerEngine.DockerAsync("rm", "--force", "--volumes", _container);
            }
        }
        finally
        {
            await _turn.GiveBackAsync();
        }
    }

    private protected override string? WhyMissing => DockerEngine.WhyMissing;

    private protected override Task<ServiceProcess> StartProcessAsync() =>
        ServiceProcess.StartAsync("Transcendence.Backend", new Dictionary<string, string?> { ["ConnectionStrings__backend"] = $"{Address};Password=\"{Password}\"" });
}
