namespace Transcendence.Hosting.Utils;

/// <summary>Shows what a user did wrong as the message that was written for it.</summary>
internal static class FatalErrors
{
    private static int s_registered;

    /// <summary>From now on a <see cref="DistributedApplicationException"/> that nobody catches ends the process with its message and exit code 1.</summary>
    public static void ShowWithoutTrace()
    {
        if (Interlocked.Exchange(ref s_registered, 1) == 0)
        {
            AppDomain.CurrentDomain.UnhandledException += (_, e) =>
            {
                if (e.ExceptionObject is DistributedApplicationException exception)
                {
                    Console.Error.WriteLine($"error: {exception.Message}");
                    Environment.Exit(1);
                }
            };
        }
    }
}
