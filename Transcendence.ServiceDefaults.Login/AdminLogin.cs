using System.Security.Claims;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Prometheus;

namespace Transcendence.ServiceDefaults.Login;

/// <summary>Checks the only user and the password, and not faster than nobody could guess.</summary>
/// <remarks>
/// Nothing tells a stranger on this machine from the user: both come from loopback. So nobody is refused, which would lock out the
/// user with the stranger; who asks waits for his turn, first come, first served. <see cref="AtOnce"/> are looked at at a time, and a
/// wrong guess keeps its place for <see cref="s_penalty"/>: 50 a second, however many ask. A right password costs no time of its own, and
/// waits 20 s behind a thousand wrong ones. Who is logged in does not come here.
/// </remarks>
internal sealed partial class AdminLogin(LoginOptions options, IMetricFactory metrics, ILogger<AdminLogin> log) : IDisposable
{
    private const int AtOnce = 10;
    private static readonly TimeSpan s_penalty = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrencyLimiter _turns = new(new() { PermitLimit = AtOnce, QueueLimit = int.MaxValue });
    private readonly Counter _failed = metrics.CreateCounter($"{options.Service}_failed_logins_total", "Wrong users or passwords.");

    /// <summary>Who it is who knows user and password; <see langword="null"/> when one of them is wrong.</summary>
    public async Task<ClaimsPrincipal?> CheckAsync(string user, string password, string scheme, CancellationToken cancellationToken)
    {
        using var turn = await _turns.AcquireAsync(1, cancellationToken);

        // Both are compared in any case, so the time says nothing about either.
        if (AreEqual(user, options.User) & AreEqual(password, options.Password))
        {
            return new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, options.User)], scheme));
        }

        _failed.Inc();
        LogWrongPassword();
        await Task.Delay(s_penalty, CancellationToken.None); // Also for who hangs up: he would guess faster so.
        return null;
    }

    public void Dispose() => _turns.Dispose();

    // Hashes are equally long, so the time says nothing about the length either.
    private static bool AreEqual(string given, string secret) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    [LoggerMessage(LogLevel.Information, "{User} logged in.")]
    public partial void LogLogin(string user);

    [LoggerMessage(LogLevel.Warning, "A login failed: wrong user or password.")]
    private partial void LogWrongPassword();
}
