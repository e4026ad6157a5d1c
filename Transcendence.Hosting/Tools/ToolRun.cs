using System.Runtime.CompilerServices;
using Transcendence.Hosting.Alertmanager;
using Transcendence.Hosting.CAdvisor;

namespace Transcendence.Hosting.Tools;

/// <summary>How an application runs its tools, as containers or as executables, and why.</summary>
/// <remarks>
/// Decided once for an application, when its first tool is added: the class of a resource is fixed from then on.
/// The reason is the end of a sentence. There is no runtime where nobody has asked or nothing answers.
/// </remarks>
internal sealed record ToolRun(bool InContainers, string Reason, ContainerRuntime? Runtime = null)
{
    /// <summary>The setting that decides: <c>auto</c>, <c>containers</c> or <c>executables</c>.</summary>
    public const string Setting = "Tools:Run";

    /// <summary>The section whose keys are the names of tools, and whose values are images.</summary>
    public const string ImagesSetting = "Tools:Images";

    private static readonly ConditionalWeakTable<IDistributedApplicationBuilder, ToolRun> s_chosen = [];

    /// <summary>What is chosen for an application.</summary>
    /// <exception cref="DistributedApplicationException">The setting is none of the three words.</exception>
    public static ToolRun Of(IDistributedApplicationBuilder builder) => s_chosen.GetValue(builder, static builder =>
    {
        var chosen = Choose(builder);
        builder.Eventing.Subscribe<BeforeStartEvent>((e, _) =>
        {
            var logger = e.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Transcendence.Hosting.Tools");
            ToolResourceExtensions.LogChosen(logger, chosen.InContainers ? "containers" : "executables", chosen.Reason, Setting);
            return Task.CompletedTask;
        });
        if (EngineWatch.CanWatch(chosen.Runtime))
        {
            builder.Services.AddSingleton(services => new EngineWatch(chosen.Runtime!, services.GetRequiredService<ILogger<EngineWatch>>()))
                .AddHostedService(services => services.GetRequiredService<EngineWatch>())
                .AddHealthChecks().AddCheck<EngineWatch>(EngineWatch.HealthCheck);
        }

        return chosen;
    });

    /// <summary>The image of a tool: the official one, or the one of the settings.</summary>
    public static ContainerImage ImageOf(IConfiguration configuration, Tool tool) =>
        configuration[$"{ImagesSetting}:{tool.Name}"] is { Length: > 0 } other ? tool.Image.With(other) : tool.Image;

    private static ToolRun Choose(IDistributedApplicationBuilder builder) => builder.ExecutionContext.IsPublishMode
        ? new(true, "the application is published")
        : builder.Configuration[Setting]?.ToUpperInvariant() switch
        {
            "EXECUTABLES" => new(false, $"{Setting} says so"),
            "CONTAINERS" => ContainerRuntime.Find(builder) is var (runtime, problem) && runtime is null
                ? new(true, $"{Setting} says so, although {problem}")
                : new(true, $"{Setting} says so", runtime),
            null or "" or "AUTO" => AskMachine(builder),
            _ => throw new DistributedApplicationException($"{Setting}={builder.Configuration[Setting]} is not known. Set it to auto, containers or executables."),
        };

    private static ToolRun AskMachine(IDistributedApplicationBuilder builder)
    {
        Tool[] tools = [PrometheusTool.Tool, AlertmanagerTool.Tool, GrafanaTool.Tool, CAdvisorTool.Tool];
        var images = tools.Select(tool => ImageOf(builder.Configuration, tool).ToString());
        var (runtime, problem) = ContainerRuntime.Find(builder);
        return runtime is null ? new(false, problem)
            : Task.Run(() => runtime.FindProblemAsync(images)).GetAwaiter().GetResult() is { } missing ? new(false, missing)
            : new(true, $"{runtime.Name} answers, and the images are there or can be had", runtime);
    }
}
