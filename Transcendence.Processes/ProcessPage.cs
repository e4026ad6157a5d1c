using System.Globalization;
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
        return $$"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>Processes</title>
            <style>
              :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
              body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
              table { border-collapse: collapse; width: 100% }
              th, td { text-align: left; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #8886 }
            </style>
            <h1>Processes</h1>
            <p>What cAdvisor tells of containers, told of the processes that run outside any: each with those that it has started,
            under <a href="/metrics">cAdvisor's names</a>. There is nothing of the network: the system does not count that for a process.</p>
            <table>
            <tr><th>Resource<th>Process<th>CPU time<th>Memory<th>Disk, read<th>Disk, written<th>Started
            {{(rows.Length > 0 ? rows : "<tr><td colspan=7>No process runs now.")}}
            </table>
            """;
    }

    private static string Megabytes(long? bytes) =>
        bytes is null ? "not told" : string.Create(CultureInfo.InvariantCulture, $"{bytes / Mebi:0.0} MiB");
}
