using Transcendence.Tests.Infrastructure;

namespace Transcendence.Tests.Containers;

/// <summary>A turn on the engine: two whole applications in containers at once are what two processors carry. A third would have health checks time out, and Swarm replace what is well.</summary>
internal sealed class EngineTurn
{
    private static readonly SemaphoreSlim s_turns = new(2);
    private static readonly SemaphoreSlim s_givingBack = new(1);
    private static Func<Task>? s_atTheEnd;

    private bool _isTaken;

    /// <summary>Runs something in a turn of its own.</summary>
    public static async Task RunAsync(Func<Task> what)
    {
        var turn = new EngineTurn();
        await turn.TakeAsync();
        try
        {
            await what();
        }
        finally
        {
            await turn.GiveBackAsync();
        }
    }

    /// <summary>Has something done when the engine is left: while nobody has a turn, by who gives back the last.</summary>
    public static void AtTheEnd(Func<Task> what) => s_atTheEnd += what;

    /// <summary>Waits for a turn.</summary>
    public async Task TakeAsync()
    {
        await s_turns.WaitAsync();
        await NetworkUse.Containers.EnterAsync();
        _isTaken = true;
    }

    /// <summary>Gives it back, where one was taken.</summary>
    public async Task GiveBackAsync()
    {
        if (!_isTaken)
        {
            return;
        }

        _isTaken = false;
        await s_givingBack.WaitAsync();
        try
        {
            if (s_atTheEnd is { } what && await s_turns.WaitAsync(0))
            {
                try
                {
                    s_atTheEnd = null;
                    await what();
                }
                finally
                {
                    s_turns.Release();
                }
            }
        }
        finally
        {
            NetworkUse.Containers.Leave();
            s_turns.Release();
            s_givingBack.Release();
        }
    }
}
