namespace Transcendence.Hosting.Tools;

/// <summary>A monitoring tool in both forms: its image, and its binary. What only one of them needs stands here, so that the extensions say the rest once.</summary>
internal sealed record Tool
{
    public const string HttpEndpoint = "http";

    /// <summary>The name in settings and messages, for example <c>Prometheus</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The official image.</summary>
    public required ContainerImage Image { get; init; }

    /// <summary>The port on which it listens in its container.</summary>
    public required int Port { get; init; }

    /// <summary>The binary, and where it may be had.</summary>
    public required NativeTool Binary { get; init; }

    /// <summary>The path that answers with 2xx once the tool can be used.</summary>
    public required string ReadyPath { get; init; }

    /// <summary>The directory in the container that holds its configuration.</summary>
    public string ConfigurationDirectory { get; init; } = "";

    /// <summary>Parts of the configuration that are read as they are: never copied, each mounted by itself.</summary>
    public IReadOnlyList<string> Originals { get; init; } = [];

    /// <summary>The directory in the container in which it keeps its data.</summary>
    public string DataDirectory { get; init; } = "";

    /// <summary>How its configuration is checked; <see langword="null"/> when nothing can.</summary>
    public ConfigurationCheck? Check { get; init; }

    /// <summary>The path whose POST makes it read its configuration again; <see langword="null"/> when it does so by itself.</summary>
    public string? ReloadPath { get; init; }

    /// <summary>The memory that it may take on a server, as Compose writes it.</summary>
    public string MemoryLimit { get; init; } = "512m";

    /// <summary>The arguments that only an executable needs, given its own directory.</summary>
    public Func<InstalledTool, string, IEnumerable<string>> ExecutableArguments { get; init; } = (_, _) => [];

    /// <summary>The path of a page, where an executable has it elsewhere than the image.</summary>
    public Func<InstalledTool, string, string> PagePath { get; init; } = (_, page) => page;
}

/// <summary>An image, pinned.</summary>
internal sealed record ContainerImage(string Registry, string Name, string Tag)
{
    /// <summary>Reads <c>[REGISTRY/]NAME[:TAG]</c>. What is left out is as in this one; a first part with a dot, a colon or <c>localhost</c> is a registry.</summary>
    public ContainerImage With(string reference)
    {
        var colon = reference.LastIndexOf(':');
        var (name, tag) = colon > reference.LastIndexOf('/') ? (reference[..colon], reference[(colon + 1)..]) : (reference, Tag);
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && (name[..slash] is "localhost" || name[..slash].AsSpan().ContainsAny('.', ':'))
            ? new ContainerImage(name[..slash], name[(slash + 1)..], tag)
            : new ContainerImage(Registry, name, tag);
    }

    public override string ToString() => $"{Registry}/{Name}:{Tag}";
}

/// <summary>The command by which a tool's own checker, such as <c>promtool</c>, judges a file of its configuration: the arguments come before the file's path.</summary>
internal sealed record ConfigurationCheck(string Command, IReadOnlyList<string> Arguments, string File);
