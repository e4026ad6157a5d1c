namespace Transcendence.Benchmarks;

/// <summary>Measures two or more things in turns (A B A B …), so that whatever the machine does meets all alike.</summary>
internal sealed class Comparison(string what, string unit)
{
    private readonly List<(string Name, List<double> Values)> _sides = [];

    /// <summary>Prints the median of each, and the median of the ratios of the first, which is ours, to it.</summary>
    public static async Task RunAsync(string what, string unit, int rounds, params (string Name, Func<Task<double>> Measure)[] sides)
    {
        var comparison = new Comparison(what, unit);
        await comparison.MeasureAsync(rounds, sides);
        comparison.Print();
    }

    /// <summary>Measures so many times, of other processes with the same names after the first time.</summary>
    public async Task MeasureAsync(int rounds, params (string Name, Func<Task<double>> Measure)[] sides)
    {
        if (_sides.Count == 0)
        {
            _sides.AddRange(sides.Select(side => (side.Name, new List<double>())));
        }

        for (var round = 0; round < rounds; round++)
        {
            for (var side = 0; side < sides.Length; side++)
            {
                _sides[side].Values.Add(await Machine.QuietlyAsync(sides[side].Measure));
            }
        }
    }

    /// <summary>Prints the median of each, and the median of the ratios of the first, which is ours, to it.</summary>
    public void Print()
    {
        foreach (var (name, values) in _sides)
        {
            var ratios = values.Zip(_sides[0].Values, (value, first) => first / value).Order().ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {what} | {name} | {Median(values):0.###} {unit} | {Median(ratios):0.000} | {ratios[0]:0.000}–{ratios[^1]:0.000} |"));
        }
    }

    /// <summary>The head of the table.</summary>
    public static void Begin() => Console.WriteLine("| | | median | ours to it | from–to |\n|---|---|---|---|---|");

    /// <summary>What the reader of the table has to know.</summary>
    public static int End()
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\nMeanwhile others used {Median(Machine.Others):0.00} of a processor (median; at most {Machine.Others.Max():0.00}). Thrown away because they used more than {Machine.Limit}: {Machine.ThrownAway} measurements."));
        return 0;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
