using System.Diagnostics;
using Transcendence.Tests.Native;

namespace Transcendence.Tests.Infrastructure;

internal static partial class Tools
{
    static partial void AskEngine(string command, ref Task<ProcessStartInfo>? tool) => tool = FetchedTools.DescribeAsync(command);
}
