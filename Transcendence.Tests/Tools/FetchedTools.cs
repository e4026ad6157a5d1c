using System.Collections.Concurrent;
using Transcendence.Hosting.Alertmanager;
using Transcendence.Hosting.Prometheus;
using Transcendence.Hosting.Tools;
using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Tools;

/// <summary>The tools as the application finds or fetches them.</summary>
internal static class FetchedTools
{
    private static readonly Dictionary<string, NativeTool> s_descriptions = new()
    {
        ["prometheus"] = PrometheusTool.Tool.Binary,
        ["promtool"] = PrometheusTool.Tool.Binary,
        ["alertmanager"] = AlertmanagerTool.Tool.Binary,
        ["amtool"] = AlertmanagerTool.Tool.Binary,
    };

    private static readonly ConcurrentDictionary<string, Lazy<Task<InstalledTool>>> s_installed = new();

    /// <summary>Finds or fetches a tool, and says how it is started.</summary>
    /// <param name="command">The command, by the name that its own project gives it.</param>
    /// <exception cref="ToolNotAvailableException">It could be had from nowhere; the message says what was tried.</exception>
    public static async Task<ProcessStartInfo> DescribeAsync(string command)
    {
        var description = s_descriptions[command];
        var tool = await s_installed.GetOrAdd(description.Name, _ => new(() => new ToolInstaller(RealTools.Cache).InstallAsync(description))).Value;
        var path = command == description.Name
            ? tool.Command
            : ToolInstaller.FindCompanion(tool, command) ?? throw new FileNotFoundException($"{command} did not come with {tool.Command}.");
        return new ProcessStartInfo(path) { WorkingDirectory = tool.WorkingDirectory ?? "" };
    }
}
