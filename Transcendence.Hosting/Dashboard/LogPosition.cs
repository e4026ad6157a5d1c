using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Transcendence.Hosting.Dashboard;

/// <summary>How far logs have been read: the number of the last line of each resource. As text <c>backend:12,gateway:3</c>.</summary>
internal sealed class LogPosition
{
    private readonly ImmutableDictionary<string, int> _numbers;

    private LogPosition(ImmutableDictionary<string, int> numbers) => _numbers = numbers;

    /// <summary>Before the first line of each.</summary>
    public static LogPosition Start { get; } = new(ImmutableDictionary.Create<string, int>(StringComparer.OrdinalIgnoreCase));

    /// <summary>The number of the last line that was read of a resource; 0 when none was.</summary>
    public int this[string resource] => _numbers.GetValueOrDefault(resource);

    public LogPosition With(string resource, int number) => new(_numbers.SetItem(resource, number));

    public override string ToString() => string.Join(',', _numbers.Select(n => string.Create(CultureInfo.InvariantCulture, $"{n.Key}:{n.Value}")));

    public static bool TryParse(string? text, [NotNullWhen(true)] out LogPosition? position)
    {
        position = Start;
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || !int.TryParse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                position = null;
                return false;
            }

            position = position.With(part[..colon], number);
        }

        return true;
    }
}
