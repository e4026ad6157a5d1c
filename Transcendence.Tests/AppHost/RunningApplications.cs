using Transcendence.Tests.Containers;

namespace Transcendence.Tests.AppHost;

/// <summary>One running application for all tests that leave it as they found it.</summary>
public abstract class RunningApplication : IAsyncLifetime
{
    private protected RunningApplication(ToolForm form) => Form = form;

    /// <summary>The application. A test that asks for it where no container engine answers is skipped.</summary>
    internal Application Application
    {
        get
        {
            Skip.If(SkipReason is not null, SkipReason);
            return field!;
        }
        private set;
    }

    private protected virtual string? SkipReason => null;

    private ToolForm Form { get; }

    /// <inheritdoc/>
    public virtual async Task InitializeAsync()
    {
        if (SkipReason is null)
        {
            Application = await Application.StartAsync(Form);
            await Application.WaitHealthyAsync();
        }
    }

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (SkipReason is null)
        {
            await Application.DisposeAsync();
        }
    }
}

/// <summary>Its tools are executables.</summary>
[CollectionDefinition(Name)]
public sealed class RunningExecutables() : RunningApplication(ToolForm.Executables), ICollectionFixture<RunningExecutables>
{
    /// <summary>The collection of these tests.</summary>
    public const string Name = "application with executables";
}

/// <summary>Its tools are containers of the images that <see cref="DockerEngine"/> makes.</summary>
[CollectionDefinition(Name)]
public sealed class RunningContainers() : RunningApplication(ToolForm.Containers), ICollectionFixture<RunningContainers>
{
    /// <summary>The collection of these tests.</summary>
    public const string Name = "application with containers";

    private readonly EngineTurn _turn = new();

    private protected override string? SkipReason => DockerEngine.WhyMissing;

    /// <inheritdoc/>
    public override async Task InitializeAsync()
    {
        if (SkipReason is null)
        {
            await _turn.TakeAsync();
            await DockerEngine.PrepareAsync();
        }

        await base.InitializeAsync();
    }

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        try
        {
            await base.DisposeAsync();
        }
        finally
        {
            await _turn.GiveBackAsync();
        }
    }
}
