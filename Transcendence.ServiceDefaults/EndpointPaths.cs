namespace Transcendence.ServiceDefaults;

internal static class EndpointPaths
{
    public const string Metrics = "/metrics";
    public const string OpenTelemetry = "/metrics/otel";
    public const string Health = "/health";
    public const string Alive = "/alive";
}
