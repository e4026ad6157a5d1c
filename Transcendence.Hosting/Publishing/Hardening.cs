using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace Aspire.Hosting;

/// <summary>Takes from a service on a server what it does not need. Not in <c>Aspire.Hosting.Docker</c>.</summary>
public static class Hardening
{
    /// <summary>Makes the service's files read-only but for <c>/tmp</c> and its volumes, takes every capability from it, and bounds what it uses.</summary>
    /// <param name="service">The service.</param>
    /// <param name="memory">The memory that it may take, for example <c>512m</c>.</param>
    /// <returns>The service.</returns>
    public static Service Harden(this Service service, string memory)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentException.ThrowIfNullOrEmpty(memory);
        service.ReadOnly = true;
        service.Tmpfs = ["/tmp"];
        service.CapDrop = ["ALL"];
        service.MemLimit = memory;
        service.Cpus = "1.0";
        service.PidsLimit = 256;
        return service;
    }

    /// <summary>A health check by a command in the container, whose exit code is 0 while the service is well.</summary>
    /// <param name="command">The command and its arguments; no shell is there to read them.</param>
    /// <returns>The health check: every ten seconds, unhealthy after six failures in a row. A Swarm replaces what is unhealthy, and a command takes seconds to start on a machine under load.</returns>
    public static Healthcheck HealthcheckOf(params string[] command) =>
        new() { Test = ["CMD", .. command], Interval = "10s", Timeout = "10s", Retries = 6, StartPeriod = "30s" };
}
