using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Transcendence.Viewer;

/// <summary>What a viewer shows, to whom, and where.</summary>
public sealed record ViewerOptions
{
    /// <summary>Where it listens, as Kestrel takes it: <c>http://localhost:3000</c>; port 0 is any that is free.</summary>
    public required string ListenUrl { get; init; }

    /// <summary>Grafana's provisioning directory, with <c>datasources/</c> and <c>dashboards/</c>. It is read again when it changes.</summary>
    public required string ProvisioningDirectory { get; init; }

    /// <summary>The only user.</summary>
    public required string AdminUser { get; init; }

    /// <summary>The user's password; not empty.</summary>
    public required string AdminPassword { get; init; }

    /// <summary>The setting by which <see cref="AllowedHosts"/> is changed, for the answer to who asks under another name.</summary>
    public required string AllowedHostsSetting { get; init; }

    /// <summary>Host names besides those of loopback under which it may be asked; an IPv6 address in brackets, <c>*</c> for all.</summary>
    public IReadOnlyCollection<string> AllowedHosts { get; init; } = [];

    /// <summary>What every page says at its top.</summary>
    public ViewerNotice? Notice { get; init; }

    /// <summary>How the user learns the password; shown to everybody who is asked for it.</summary>
    public string LoginHint { get; init; } = "";

    /// <summary>The value of a variable that a provisioning file names, <see langword="null"/> when it has none.</summary>
    public Func<string, string?> GetVariable { get; init; } = Environment.GetEnvironmentVariable;

    /// <summary>How long a query may take.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How much a query may answer, in bytes without compression.</summary>
    public int MaxAnswerBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Where it logs.</summary>
    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>Without the password, which a record would print.</summary>
    public override string ToString() => $"{nameof(ViewerOptions)} {{ {ListenUrl}, {ProvisioningDirectory} }}";
}

/// <summary>What every page says at its top.</summary>
/// <param name="Title">In few words.</param>
/// <param name="Text">In a sentence or two.</param>
/// <param name="Lines">What the user can do, a step each.</param>
public sealed record ViewerNotice(string Title, string Text, IReadOnlyList<string> Lines);
