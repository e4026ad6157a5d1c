using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;

namespace Transcendence.Pages;

/// <summary>What a login must not get wrong, whatever secret it asks for.</summary>
public static class Logins
{
    /// <summary>Compares a secret with what was given for it, in a time that says nothing about either.</summary>
    /// <param name="given">What was given.</param>
    /// <param name="secret">The secret.</param>
    /// <returns>Whether they are the same.</returns>
    public static bool AreEqual(string given, string secret) => CryptographicOperations.FixedTimeEquals(
        // Hashes are equally long, so the time says nothing about the length either.
        SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Whether a login may lead on to an address: a path of ours, as it can stand in a header.</summary>
    /// <param name="url">The address, with a query or without.</param>
    /// <returns><see langword="false"/> for another site too: <c>//host</c> and <c>/\host</c> are none of our paths.</returns>
    public static bool IsLocal(string? url) =>
        url is ['/', ..] && url is not ['/', '/' or '\\', ..] && url.All(c => c is > ' ' and <= '~');
}

/// <summary>Keeps secrets from being guessed at the speed of loopback.</summary>
/// <param name="permitted">How many wrong guesses are looked at in that time.</param>
/// <param name="window">How long it takes until wrong guesses are forgotten.</param>
public sealed class WrongGuesses(int permitted, TimeSpan window) : IDisposable
{
    private readonly FixedWindowRateLimiter _limiter = new(new FixedWindowRateLimiterOptions { PermitLimit = permitted, Window = window });

    /// <summary>Whether there were too many: then the next one is not to be looked at.</summary>
    public bool AreTooMany
    {
        get
        {
            using var lease = _limiter.AttemptAcquire(0);
            return !lease.IsAcquired;
        }
    }

    /// <summary>Counts one.</summary>
    public void Add() => _limiter.AttemptAcquire().Dispose();

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();
}
