using System.Text;
using Transcendence.Hosting.ApplicationModel;

namespace Transcendence.Hosting.ConsoleOutput;

/// <summary>The table of resources: name, type, state, URLs.</summary>
internal static class ResourceTable
{
    public static string Format(IEnumerable<(string Name, CustomResourceSnapshot Snapshot, string State)> resources)
    {
        string[] header = ["Resource", "Type", "State", "URL"];
        var rows = resources.Select(r => new[]
        {
            r.Name,
            r.Snapshot.ResourceType,
            r.State,
            string.Join("  ", r.Snapshot.Urls.Where(u => !u.IsInternal).Select(u => u.Url)),
        }).Prepend(header).ToList();

        var widths = Enumerable.Range(0, header.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var (row, index) in rows.Select((row, index) => (row, index)))
        {
            text.AppendLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
            if (index == 0)
            {
                text.AppendLine(string.Join("  ", widths.Select(w => new string('-', w))));
            }
        }

        return text.ToString();
    }
}
