namespace Transcendence.Tests.Infrastructure;

/// <summary>What uses this machine's networks: browsers, or containers, and never both at once.</summary>
/// <remarks>A network of containers that comes or goes has a browser drop its requests (ERR_NETWORK_CHANGED).</remarks>
internal sealed class NetworkUse
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(20);
    private static readonly Lock s_lock = new();
    private static NetworkUse? s_current;
    private static int s_users;

    private NetworkUse()
    {
    }

    /// <summary>A browser is open.</summary>
    public static NetworkUse Browsers { get; } = new();

    /// <summary>Containers run.</summary>
    public static NetworkUse Containers { get; } = new();

    /// <summary>Waits until nobody uses them otherwise.</summary>
    public async Task EnterAsync()
    {
        var clock = Stopwatch.StartNew();
        while (!TryEnter())
        {
            if (clock.Elapsed > s_patience)
            {
                throw new TimeoutException($"{s_users} {(this == Browsers ? "tests with containers" : "browsers")} have not ended in {s_patience}.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>Says that it is over.</summary>
    public void Leave()
    {
        lock (s_lock)
        {
            s_users--;
            s_current = s_users == 0 ? null : this;
        }
    }

    private bool TryEnter()
    {
        lock (s_lock)
        {
            if (s_current is not null && s_current != this)
            {
                return false;
            }

            s_current = this;
            s_users++;
            return true;
        }
    }
}
