namespace Transcendence.ServiceDefaults;

/// <summary>The tags by which health checks are told apart.</summary>
public static class HealthTags
{
    /// <summary>Is the process alive: the check answers at <c>/alive</c>, and a failure asks for a restart.</summary>
    public const string Live = "live";

    /// <summary>
    /// The check tells of something outside the service, such as an alert that fires. It has an endpoint of its own and is not
    /// part of <c>/health</c>, because what waits for this service must not wait for that.
    /// </summary>
    public const string External = "external";
}
