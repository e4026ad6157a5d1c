using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Transcendence.Pages;

namespace Transcendence.Viewer.Login;

/// <summary>What a user and a password are worth.</summary>
internal enum PasswordCheck
{
    /// <summary>One of them is wrong.</summary>
    Wrong,

    /// <summary>Too many wrong ones came before: they were not looked at.</summary>
    TooMany,

    /// <summary>Both are right.</summary>
    Right,
}

/// <summary>Checks the only user and the password, and not faster than nobody could guess.</summary>
internal sealed class AdminPassword(ViewerOptions options, ViewerMetrics metrics) : IDisposable
{
    /// <summary>How long it takes until wrong ones are forgotten.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>How many wrong ones are looked at in that time.</summary>
    public const int WrongOnes = 10;

    private readonly WrongGuesses _wrong = new(WrongOnes, Window);

    public PasswordCheck Check(string user, string password)
    {
        if (_wrong.AreTooMany)
        {
            return PasswordCheck.TooMany;
        }

        // Both are compared in any case, so the time says nothing about either.
        if (Logins.AreEqual(user, options.AdminUser) & Logins.AreEqual(password, options.AdminPassword))
        {
            return PasswordCheck.Right;
        }

        _wrong.Add();
        metrics.FailedLogins.Inc();
        return PasswordCheck.Wrong;
    }

    /// <summary>Checks what a request says by basic authentication (RFC 7617); <see langword="null"/> when it says nothing.</summary>
    public PasswordCheck? CheckBasic(HttpRequest request)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || !"Basic".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var encoded = header.Parameter ?? "";
        var bytes = new byte[encoded.Length];
        var text = Convert.TryFromBase64String(encoded, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? Check("", "") : Check(text[..colon], text[(colon + 1)..]);
    }

    public void Dispose() => _wrong.Dispose();
}
