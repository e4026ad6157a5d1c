using Microsoft.Extensions.DependencyInjection.Extensions;
using Transcendence.AppHost.Drills.Proof;

namespace Transcendence.AppHost.Drills;

/// <summary>The drills as commands of the resources that they break.</summary>
internal static partial class DrillsExtensions
{
    /// <summary>Gives resources their drills, in run mode only, and sets the times of <c>Rehearsal:Speed</c>.</summary>
    public static IDistributedApplicationBuilder AddDrills(
        this IDistributedApplicationBuilder application, IResourceBuilder<IPrometheusResource> prometheus, IResourceBuilder<IAlertmanagerResource> alertmanager, IResourceBuilder<ProjectResource> inbox)
    {
        if (!application.ExecutionContext.IsRunMode)
        {
            return application;
        }

        var rehearsal = Rehearsal.Read(application.Configuration);
        rehearsal.Apply(prometheus, alertmanager, inbox);
        application.Services.AddSingleton(rehearsal);
        application.Services.TryAddSingleton<DrillRunner>();
        foreach (var service in DrillList.All.Select(drill => drill.Resource).Distinct())
        {
            var resource = application.Resources.Single(each => each.Name == service);
            var builder = application.CreateResourceBuilder(resource);
            foreach (var drill in DrillList.All.Where(drill => drill.Resource == service))
            {
                builder.WithCommand(drill.Name, drill.Title, context => RunAsync(drill, context), new CommandOptions
                {
                    Description = $"{drill.Breaks} {(drill.Signal is QuietSignal ? "Nothing is to fire." : $"To be told by: {drill.Signal.Name}.")} Ends by itself, and reports.",
                    IconName = "Beaker",
#pragma warning disable ASPIREINTERACTION001 // How a command has arguments.
                    Arguments = [.. drill.Arguments.Select(argument => argument.AsInput())],
                    ValidateArguments = context =>
                    {
                        foreach (var argument in drill.Arguments)
                        {
                            if (context.Inputs.TryGetByName(argument.Name, out var input) && input.Value is { Length: > 0 } value && argument.FindFault(value) is { } fault)
                            {
                                context.AddValidationError(input, fault);
                            }
                        }

                        return Task.CompletedTask;
                    },
#pragma warning restore ASPIREINTERACTION001
                    Progress = new() { Title = drill.Title, Message = $"{drill.Breaks} The log of '{drill.Resource}' says what was seen. Cancel, and what was broken is mended." },
                    UpdateState = WhileItRuns,
                });
            }
        }

        AddProof(application, inbox);
        return application;
    }

    private static void AddProof(IDistributedApplicationBuilder application, IResourceBuilder<ProjectResource> inbox)
    {
        const string Which = "drills";
        inbox.WithCommand("prove", "Prove the alerts", ProveAsync, new CommandOptions
        {
            Description = "Runs every drill in turn, and writes a report of what was broken, what fired, when it arrived and when it ended. It takes hours on the configuration's own times, and eight minutes in an application that was started with --Rehearsal:Speed=30.",
            IconName = "ClipboardTaskListLtr",
            Arguments = [new DrillArgument(Which, "Which drills, with a comma between them", "all").AsInput()],
            Progress = new() { Title = "Prove the alerts", Message = "Things break now, on purpose, one after the other. The log of 'alerts' says how far it is. Cancel, and what was broken is mended, and the report is of what was done." },
            UpdateState = WhileItRuns,
        });

        async Task<ExecuteCommandResult> ProveAsync(ExecuteCommandContext context)
        {
            var runner = context.Services.GetRequiredService<DrillRunner>();
            try
            {
                var drills = ProofRun.Choose(context.Arguments.GetString(Which) ?? "");
                using var turn = runner.Take("The proof");
                var run = new ProofRun(
                    runner, Path.GetFullPath(application.Configuration["Monitoring"]!, application.AppHostDirectory), application.GetDataPath("proofs"), line => LogSaid(context.Logger, line));
                var (report, page) = await run.RunAsync(drills, context.CancellationToken);
                var text = $"{report.Summary}\n\nThe report is {page}, and proof.json beside it.";
                return report.WhatDidNotWork.Count == 0 ? CommandResults.Success(report.Summary, text, CommandResultFormat.Markdown) : CommandResults.Failure(report.Summary, text, CommandResultFormat.Markdown);
            }
            catch (DrillException e)
            {
                return CommandResults.Failure(e.Message);
            }
        }
    }

    [LoggerMessage(10, LogLevel.Information, "{Text}")]
    private static partial void LogSaid(ILogger logger, string text);

    private static ResourceCommandState WhileItRuns(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static async Task<ExecuteCommandResult> RunAsync(Drill drill, ExecuteCommandContext context)
    {
        var runner = context.Services.GetRequiredService<DrillRunner>();
        try
        {
            using var turn = runner.Take(drill.FullName);
            var report = await runner.RunAsync(drill, drill.Arguments.ToDictionary(argument => argument.Name, argument => context.Arguments.GetString(argument.Name) ?? ""), isPatient: false, context.CancellationToken);
            return report.Outcome == DrillOutcome.Passed ? CommandResults.Success(report.Summary, report.ToMarkdown(), CommandResultFormat.Markdown)
                : CommandResults.Failure(report.Summary, report.ToMarkdown(), CommandResultFormat.Markdown);
        }
        catch (DrillException e)
        {
            return CommandResults.Failure(e.Message);
        }
    }
}
