using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Transcendence.ServiceDefaults.Login;

/// <summary>The browsers that have logged in, so that logging out ends a session here too, and not in the browser only.</summary>
internal sealed class SessionStore : ITicketStore
{
    // Nobody has that many browsers open; who logs in again and again by a script shall not fill the memory.
    private const int MaxSessions = 1000;

    private readonly ConcurrentDictionary<string, AuthenticationTicket> _tickets = new();

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        if (_tickets.Count >= MaxSessions)
        {
            _tickets.TryRemove(_tickets.MinBy(t => t.Value.Properties.IssuedUtc).Key, out _);
        }

        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _tickets[key] = ticket;
        return Task.FromResult(key);
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket) => Task.FromResult(_tickets[key] = ticket);

    public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(_tickets.GetValueOrDefault(key));

    public Task RemoveAsync(string key) => Task.FromResult(_tickets.TryRemove(key, out _));
}

/// <summary>The keys of this process' cookies and forms.</summary>
internal sealed class KeysInMemory : IXmlRepository
{
    private readonly ConcurrentQueue<XElement> _keys = new();

    public IReadOnlyCollection<XElement> GetAllElements() => [.. _keys];

    public void StoreElement(XElement element, string friendlyName) => _keys.Enqueue(element);
}
