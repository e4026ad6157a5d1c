namespace Transcendence.Faults;

/// <summary>What is wrong now, and for how long.</summary>
internal sealed class FaultPoint(TimeProvider clock) : IDisposable
{
    private static readonly ServiceFaults s_none = new();

    private readonly Lock _change = new();
    private readonly Burden _burden = new();
    private ServiceFaults _faults = s_none;
    private ITimer? _end;
    private double _owed;

    /// <summary>What is wrong now.</summary>
    public ServiceFaults Now => Volatile.Read(ref _faults);

    /// <summary>Makes something wrong in the place of what was so before, until its lease ends.</summary>
    public void Set(ServiceFaults faults)
    {
        lock (_change)
        {
            _end?.Dispose();
            Volatile.Write(ref _faults, faults);

            // First, so that it ends whatever becomes of the burden: there may not be so much memory.
            _end = clock.CreateTimer(_ => End(faults), null, TimeSpan.FromSeconds(faults.LeaseSeconds), Timeout.InfiniteTimeSpan);
            _burden.Carry(faults.BusyCores, faults.HeldMegabytes, faults.DatabaseMilliseconds > 0);
        }
    }

    /// <summary>Makes everything right.</summary>
    public void End() => End(Now);

    /// <summary>Whether this request is one of those to fail: of a hundred the share, and not by chance.</summary>
    public bool TakesError()
    {
        var share = Now.Errors;
        if (share <= 0)
        {
            return false;
        }

        lock (_change)
        {
            _owed += share;
            if (_owed < 1)
            {
                return false;
            }

            _owed--;
            return true;
        }
    }

    public void Dispose() => End();

    // Not what was wished since.
    private void End(ServiceFaults faults)
    {
        lock (_change)
        {
            if (ReferenceEquals(_faults, faults))
            {
                _end?.Dispose();
                Volatile.Write(ref _faults, s_none);
                _burden.Carry(0, 0, holdsThreads: false);
                _owed = 0;
            }
        }
    }
}
