namespace Transcendence.Faults;

/// <summary>What is wrong with a service, on purpose. Everything that is left out is as it should be.</summary>
public sealed record ServiceFaults
{
    /// <summary>The longest time for which one wish holds.</summary>
    public static readonly TimeSpan LongestLease = TimeSpan.FromMinutes(1);

    private static readonly int s_mostCores = Math.Max(2, Environment.ProcessorCount);

    /// <summary>The share of requests, 0 to 1, that is answered with 500; probes are left alone.</summary>
    public double Errors { get; init; }

    /// <summary>How much later each request is answered, in milliseconds; probes are left alone.</summary>
    public int LatencyMilliseconds { get; init; }

    /// <summary>How much longer each command of the database takes, in milliseconds.</summary>
    public int DatabaseMilliseconds { get; init; }

    /// <summary>How many processors are kept busy.</summary>
    public int BusyCores { get; init; }

    /// <summary>How much memory is held for nothing, in 10⁶ bytes.</summary>
    public int HeldMegabytes { get; init; }

    /// <summary>The share of its volume, 0 to 1, that the service says is free; nothing is written to the disk.</summary>
    public double? FreeDisk { get; init; }

    /// <summary>For how long, in seconds: who wishes it longer says so again before. So everything ends when he is gone.</summary>
    public double LeaseSeconds { get; init; }

    /// <summary>What cannot be done of it.</summary>
    /// <returns>The reason; <see langword="null"/> when all can be done.</returns>
    public string? FindFault() => this switch
    {
        { Errors: not (>= 0 and <= 1) } => $"{nameof(Errors)} is {Errors} and is to be a share from 0 to 1.",
        { LatencyMilliseconds: < 0 or > 60_000 } => $"{nameof(LatencyMilliseconds)} is {LatencyMilliseconds} and is to be from 0 to 60000.",
        { DatabaseMilliseconds: < 0 or > 10_000 } => $"{nameof(DatabaseMilliseconds)} is {DatabaseMilliseconds} and is to be from 0 to 10000.",
        _ when BusyCores < 0 || BusyCores > s_mostCores => $"{nameof(BusyCores)} is {BusyCores} and is to be from 0 to {s_mostCores}.",
        { HeldMegabytes: < 0 or > 4_000 } => $"{nameof(HeldMegabytes)} is {HeldMegabytes} and is to be from 0 to 4000.",
        { FreeDisk: not (null or >= 0 and <= 1) } => $"{nameof(FreeDisk)} is {FreeDisk} and is to be a share from 0 to 1.",
        _ when !(LeaseSeconds > 0 && LeaseSeconds <= LongestLease.TotalSeconds) => $"{nameof(LeaseSeconds)} is {LeaseSeconds} and is to be more than 0 and at most {LongestLease.TotalSeconds}.",
        _ => null,
    };
}
