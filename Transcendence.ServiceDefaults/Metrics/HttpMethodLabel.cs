namespace Transcendence.ServiceDefaults;

/// <summary>The values of the label <c>method</c>: the standard methods (RFC 9110 section 9, RFC 5789) and one for all others.</summary>
internal static class HttpMethodLabel
{
    /// <summary>The labels, the most frequent first; a method's index here is its number.</summary>
    public static IReadOnlyList<string> All => s_labels;

    private static readonly string[] s_labels = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "CONNECT", "TRACE", "OTHER"];

    /// <summary>The number of a method. Case does not matter, as it does not for routing.</summary>
    public static int IndexOf(string method) =>
        s_labels.IndexOf(method, StringComparer.OrdinalIgnoreCase) is >= 0 and var index ? index : s_labels.Length - 1;
}
