using System.Net;

namespace Transcendence.Processes;

/// <summary>The page for people.</summary>
internal static class ProcessPage
{
    private const double Mebi = 1024 * 1024;

    public static Task WriteAsync(HttpContext context, ProcessFile file)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        return context.Response.WriteAsync(Page(file.ReadUsage()), context.RequestAborted);
    }

    private static string Page(List<(string Name, ProcessUsage Usage)> processes)
    {
        var rows = string.Concat(processes.Select(process => string.Create(
            CultureInfo.InvariantCulture,
            $"""
            <tr><td>{WebUtility.HtmlEncode(process.Name)}<td>{process.Usage.Pid}<td>{process.Usage.CpuTime.TotalSeconds:0.0} s<td>{process.Usage.ResidentBytes / Mebi:0} MiB<td>{Megabytes(process.Usage.ReadBytes)}<td>{Megabytes(process.Usage.WrittenBytes)}<td>{process.Usage.StartedAt.UtcDateTime:u}

            """)));
        using var page = new StreamReader(typeof(ProcessPage).Assembly.GetManifestResourceStream("processes.html")!);
        return page.ReadToEnd().Replace("{{rows}}", rows.Length > 0 ? rows : "<tr><td colspan=7>No process runs now.", StringComparison.Ordinal);
    }

    private static string Megabytes(long? bytes) =>
        bytes is null ? "not told" : string.Create(CultureInfo.InvariantCulture, $"{bytes / Mebi:0.0} MiB");
}
