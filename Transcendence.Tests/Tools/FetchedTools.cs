using System.Collections.Concurrent;
using System.Diagnostics;
using Transcendence.Hosting.Alertmanager;
using Transcendence.Hosting.Prometheus;
using Transcendence.Hosting.Tools;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Tools;

/// <summary>The tools as the application finds or fetches them.</summary>
internal static class FetchedTools
{
    private static readonly Dictionary<string, NativeTool> Descriptions = new()
    {
        ["prometheus"] = PrometheusTool.Description,
        ["promtool"] = PrometheusTool.Description,
        ["alertmanager"] = AlertmanagerTool.Description,
        ["amtool"] = AlertmanagerTool.Description,
    };

    private static readonly ConcurrentDictionary<string, Lazy<Task<InstalledTool>>> Installed = new();

    /// <summary>Finds or fetches a tool, and says how it is started.</summary>
    /// <param name="command">The command, by the name that its own project gives it.</param>
    /// <exception cref="ToolNotAvailableException">It could be had from nowhere; the message says what was tried.</exception>
    public static async Task<ProcessStartInfo> DescribeAsync(string command)
    {
        var description = Descriptions[command];
        var tool = await Installed.GetOrAdd(description.Name, _ => new(() => InstallAsync(description))).Value;
        var path = command == description.Command
            ? tool.Command
            : ToolInstaller.FindCompanion(tool, command) ?? throw new FileNotFoundException($"{command} did not come with {tool.Command}.");
        return new ProcessStartInfo(path) { WorkingDirectory = tool.WorkingDirectory ?? "" };
    }

    private static async Task<InstalledTool> InstallAsync(NativeTool description)
    {
        using var installer = new ToolInstaller(RealTools.Cache);
        return await installer.InstallAsync(description, progress: null);
    }
}
