namespace Transcendence.Tests.Infrastructure;

/// <summary>Waits for conditions, with a deadline.</summary>
internal static class Eventually
{
    /// <summary>Polls until <paramref name="condition"/> holds.</summary>
    /// <param name="condition">What has to become true. An <see cref="HttpRequestException"/>, or a client's timeout, counts as "not yet".</param>
    /// <param name="what">The condition in words, for the failure's message.</param>
    /// <param name="timeout">The deadline; 30 s when omitted.</param>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    public static async Task TrueAsync(Func<Task<bool>> condition, string what, TimeSpan? timeout = null)
    {
        var clock = Stopwatch.StartNew();
        var deadline = timeout ?? TimeSpan.FromSeconds(30);
        Exception? last = null;
        do
        {
            try
            {
                if (await condition())
                {
                    return;
                }

                last = null;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
            {
                last = e;
            }

            // What takes long is asked for less often: each question costs CPU, which what is waited for lacks then.
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Clamp(clock.ElapsedMilliseconds / 20, 50, 500)));
        }
        while (clock.Elapsed < deadline);

        throw new TimeoutException($"Not within {deadline.TotalSeconds:0} s: {what}", last);
    }
}
