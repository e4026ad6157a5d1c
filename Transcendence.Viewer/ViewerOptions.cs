namespace Transcendence.Viewer;

/// <summary>What the viewer shows, and to whom: the variables that Grafana reads, and the section <c>Viewer</c> of the configuration.</summary>
internal sealed class ViewerOptions
{
    private const string Section = "Viewer";

    /// <summary>What it is called in a sentence.</summary>
    public const string Service = "the viewer";

    /// <summary><c>GF_PATHS_PROVISIONING</c>: Grafana's provisioning directory. It is read again when it changes.</summary>
    public string ProvisioningDirectory { get; private set; } = "";

    /// <summary>What to do to have Grafana itself, a line each; may be empty.</summary>
    public string Remedy { get; set; } = "";

    /// <summary>How the user learns the password; shown to everybody who is asked for it. May be empty.</summary>
    public string LoginHint { get; set; } = "";

    /// <summary>How long a query may take.</summary>
    public TimeSpan QueryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How much a query may answer, in bytes without compression.</summary>
    public int MaxAnswerBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="ServiceStartException">Something is missing, or cannot be used.</exception>
    public static ViewerOptions Read(IConfiguration configuration)
    {
        ViewerOptions options;
        try
        {
            options = configuration.GetSection(Section).Get<ViewerOptions>() ?? new();
        }
        catch (InvalidOperationException e)
        {
            throw new ServiceStartException($"{e.Message} Write a duration as hours:minutes:seconds, e.g. 00:00:30, and a size as bytes.", e);
        }

        if (options.QueryTimeout <= TimeSpan.Zero || options.QueryTimeout > TimeSpan.FromHours(1) || options.MaxAnswerBytes < 1)
        {
            throw new ServiceStartException(
                $"{Section}:{nameof(QueryTimeout)} is {options.QueryTimeout} and is to be more than 0 and at most 01:00:00; " +
                $"{Section}:{nameof(MaxAnswerBytes)} is {options.MaxAnswerBytes} and is to be at least 1.");
        }

        options.ProvisioningDirectory = configuration.Required("GF_PATHS_PROVISIONING", Service, "Grafana's provisioning directory, the one that has datasources/ and dashboards/");
        try
        {
            _ = Directory.GetFileSystemEntries(options.ProvisioningDirectory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServiceStartException(
                $"GF_PATHS_PROVISIONING is '{options.ProvisioningDirectory}', which cannot be read: {e.Message.TrimEnd('.')}. " +
                "Set it to Grafana's provisioning directory, and let this user read it.", e);
        }

        return options;
    }
}
