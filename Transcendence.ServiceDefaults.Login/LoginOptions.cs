namespace Transcendence.ServiceDefaults.Login;

/// <summary>Who may log in to a service, and what its login page says.</summary>
public sealed class LoginOptions
{
    /// <summary>The service in cookies and metrics, e.g. <c>viewer</c>.</summary>
    public required string Service { get; init; }

    /// <summary>The same in a sentence, e.g. <c>the viewer</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The heading of the login page.</summary>
    public required string Title { get; init; }

    /// <summary>A line below it.</summary>
    public string Note { get; init; } = "";

    /// <summary>How the user learns the password; shown to everybody who is asked for it. May be empty.</summary>
    public string Hint { get; init; } = "";

    /// <summary><c>GF_SECURITY_ADMIN_USER</c>, as Grafana reads it: the only user.</summary>
    public string User { get; private set; } = "";

    /// <summary><c>GF_SECURITY_ADMIN_PASSWORD</c>: the user's password.</summary>
    internal string Password { get; private set; } = "";

    /// <summary>Reads user and password.</summary>
    /// <exception cref="ServiceStartException">One of them is missing.</exception>
    internal void Read(IConfiguration configuration)
    {
        User = configuration.Required("GF_SECURITY_ADMIN_USER", Name, "the name of the user who may log in");
        Password = configuration.Required("GF_SECURITY_ADMIN_PASSWORD", Name, "that user's password");
    }
}

/// <summary>Settings without which a service cannot be.</summary>
public static class RequiredSettings
{
    /// <summary>Reads a setting.</summary>
    /// <param name="configuration">Where it is.</param>
    /// <param name="variable">Its name.</param>
    /// <param name="service">The service, e.g. <c>the viewer</c>.</param>
    /// <param name="meaning">What it is to be set to.</param>
    /// <exception cref="ServiceStartException">It is not set.</exception>
    public static string Required(this IConfiguration configuration, string variable, string service, string meaning)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentException.ThrowIfNullOrEmpty(service);
        return configuration[variable] is { Length: > 0 } value ? value
            : throw new ServiceStartException($"{char.ToUpperInvariant(service[0])}{service[1..]} cannot start: {variable} is not set. Set this environment variable to {meaning}.");
    }
}
