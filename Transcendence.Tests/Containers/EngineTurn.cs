namespace Transcendence.Tests.Containers;

/// <summary>A turn on the engine: two whole applications in containers at once are what two processors carry. A third would have health checks time out, and Swarm replace what is well.</summary>
internal sealed class EngineTurn
{
    private static readonly SemaphoreSlim s_turns = new(2);

    private bool _isTaken;

    /// <summary>Waits for a turn.</summary>
    public async Task TakeAsync()
    {
        await s_turns.WaitAsync();
        _isTaken = true;
    }

    /// <summary>Gives it back, where one was taken.</summary>
    public void GiveBack()
    {
        if (_isTaken)
        {
            _isTaken = false;
            s_turns.Release();
        }
    }
}
