using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Transcendence.Hosting.Tools;

/// <summary>How a resource runs its tool.</summary>
internal sealed class ToolAnnotation(IDistributedApplicationBuilder builder, Tool tool, string name, bool isContainer) : IResourceAnnotation
{
    public Tool Tool { get; } = tool;

    public bool IsContainer { get; } = isContainer;

    /// <summary>What runs it, where it is a container.</summary>
    public ContainerRuntime? Runtime { get; } = ToolRun.Of(builder).Runtime;

    /// <summary>What finds or fetches the binary, where it is an executable.</summary>
    public ToolInstaller Installer { get; } = new(builder.Configuration.GetToolsPath());

    /// <summary>The binary; of an executable, once it has been found or fetched.</summary>
    public InstalledTool? Installed { get; set; }

    /// <summary>Its rendered configuration, if it was given one and runs.</summary>
    public RenderedConfiguration? Configuration { get; set; }

    /// <summary>Changes to the copy of its configuration, each of a file's path and text to its new text.</summary>
    public StrongBox<ImmutableList<Func<string, string, string>>> Edits { get; } = new([]);

    /// <summary>The original of its configuration, if it was given one: an absolute path.</summary>
    public string? ConfigurationSource { get; set; }

    /// <summary>On this machine, the directory of the configuration that the tool reads.</summary>
    public string HostConfigurationDirectory { get; } = builder.GetDataPath("config", name);

    /// <summary>On this machine, the directory of an executable's own: its links, and data that need not be kept.</summary>
    public string WorkDirectory { get; } = builder.GetDataPath("work", name);

    /// <summary>On this machine, the directory of an executable's data.</summary>
    public string HostDataDirectory { get; set; } = builder.GetDataPath("work", name, "data");

    /// <summary>The directory of the configuration, as the tool has to name it.</summary>
    public string ConfigurationDirectory => IsContainer ? Tool.ConfigurationDirectory : HostConfigurationDirectory;

    /// <summary>The directory of the data, as the tool has to name it.</summary>
    public string DataDirectory => IsContainer ? Tool.DataDirectory : HostDataDirectory;

    /// <summary>The annotation of a resource that was made by this library.</summary>
    public static ToolAnnotation Of(IResource resource) => resource.Annotations.OfType<ToolAnnotation>().Single();
}
