using System.Runtime.CompilerServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Transcendence.Hosting.Tools;

/// <summary>How an application runs its tools, and why.</summary>
/// <param name="inContainers">As containers; otherwise as executables.</param>
/// <param name="reason">Why, as the end of a sentence.</param>
/// <param name="runtime">What runs the containers; <see langword="null"/> where nobody has asked or nothing answers.</param>
/// <remarks>Decided once for an application, when its first tool is added: the class of a resource is fixed from then on.</remarks>
internal sealed partial class ToolRun(bool inContainers, string reason, ContainerRuntime? runtime = null)
{
    /// <summary>The setting that decides: <c>auto</c>, <c>containers</c> or <c>executables</c>.</summary>
    public const string Setting = "Tools:Run";

    /// <summary>The section whose keys are the names of tools, and whose values are images.</summary>
    public const string ImagesSetting = "Tools:Images";

    private static readonly ConditionalWeakTable<IDistributedApplicationBuilder, ToolRun> s_chosen = [];

    public bool InContainers { get; } = inContainers;

    public string Reason { get; } = reason;

    public ContainerRuntime? Runtime { get; } = runtime;

    /// <summary>What is chosen for an application.</summary>
    /// <exception cref="DistributedApplicationException">The setting is none of the three words.</exception>
    public static ToolRun Of(IDistributedApplicationBuilder builder) => s_chosen.GetValue(builder, static builder =>
    {
        var chosen = Choose(builder);
        builder.Eventing.Subscribe<BeforeStartEvent>((e, _) =>
        {
            var logger = e.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Transcendence.Hosting.Tools");
            LogChosen(logger, chosen.InContainers ? "containers" : "executables", chosen.Reason, Setting);
            return Task.CompletedTask;
        });
        return chosen;
    });

    /// <summary>The image of a tool: the official one, or the one of the settings.</summary>
    public static ContainerImage ImageOf(IConfiguration configuration, Tool tool) =>
        configuration[$"{ImagesSetting}:{tool.Name}"] is { Length: > 0 } other ? tool.Image.With(other) : tool.Image;

    private static ToolRun Choose(IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return new(true, "the application is published");
        }

        var setting = builder.Configuration[Setting];
        switch (setting?.ToUpperInvariant())
        {
            case "EXECUTABLES":
                return new(false, $"{Setting} says so");
            case "CONTAINERS":
                return new(true, $"{Setting} says so", ContainerRuntime.Find(builder).Runtime);
            case null or "" or "AUTO":
                var (runtime, problem) = ContainerRuntime.Find(builder);
                var images = KnownTools.All.Select(tool => ImageOf(builder.Configuration, tool).ToString());
                return runtime is null ? new(false, problem)
                    : Task.Run(() => runtime.FindProblemAsync(images)).GetAwaiter().GetResult() is { } missing ? new(false, missing)
                    : new(true, $"{runtime.Name} answers, and the images are there or can be had", runtime);
            default:
                throw new DistributedApplicationException($"{Setting}={setting} is not known. Set it to auto, containers or executables.");
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Monitoring tools run as {Form}, because {Reason}. To choose yourself: --{Setting}=containers or --{Setting}=executables.")]
    private static partial void LogChosen(ILogger logger, string form, string reason, string setting);
}
