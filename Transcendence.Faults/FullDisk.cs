using System.Text.RegularExpressions;

namespace Transcendence.Faults;

/// <summary>Has the service say that its volume is nearly full: to fill a real one would harm whoever shares it.</summary>
internal static partial class FullDisk
{
    private const string Free = "transcendence_data_free_bytes";

    /// <summary>Serves the metrics, with another number for what is free.</summary>
    public static async Task ServeAsync(HttpContext context, double share, RequestDelegate next)
    {
        context.Request.Headers.AcceptEncoding = "identity";
        var body = context.Response.Body;
        using var page = new MemoryStream();
        context.Response.Body = page;
        try
        {
            await next(context);
        }
        finally
        {
            context.Response.Body = body;
        }

        var text = Encoding.UTF8.GetString(page.GetBuffer(), 0, (int)page.Length);
        var size = Size().Match(text);
        if (size.Success)
        {
            var free = double.Parse(size.Groups[1].ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture) * share;
            text = FreeBytes().Replace(text, string.Create(CultureInfo.InvariantCulture, $"{Free} {free:R}"));
        }

        context.Response.ContentLength = null;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    [GeneratedRegex($@"^{Free} \S+", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex FreeBytes();

    [GeneratedRegex(@"^transcendence_data_size_bytes (\S+)", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Size();
}
