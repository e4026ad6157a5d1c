using System.Numerics;

namespace Transcendence.ServiceDefaults;

/// <summary>
/// Numbers that many threads add to at once: each processor that the process may use adds to a stripe of its own, and who reads adds the stripes up. A number
/// that all share is taken by each processor from the others, which makes two threads ten times slower than one (bench/README.md).
/// </summary>
/// <param name="width">How many numbers.</param>
internal sealed class Stripes(int width)
{
    private const int Apart = 16; // Two cache lines of longs, as processors fetch them in pairs.
    private const int AtMost = 8; // More processors than that share, which costs less than their memory.
    private static readonly int s_count = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, AtMost));

    private readonly int _stride = width + Apart;

    // Not before the first number: most of a contract's series stay at 0.
    private long[]? _numbers;

    /// <summary>The stripe of the processor that runs this, which may be another in a moment: add with <see cref="Interlocked"/>.</summary>
    public Span<long> Own => (_numbers ?? Allocate()).AsSpan(Apart + ((Thread.GetCurrentProcessorId() & (s_count - 1)) * _stride), width);

    /// <summary>The sum of a number, which others may be adding to.</summary>
    public long Sum(int index)
    {
        var sum = 0L;
        if (_numbers is { } numbers)
        {
            for (var stripe = 0; stripe < s_count; stripe++)
            {
                sum += Volatile.Read(ref numbers[Apart + (stripe * _stride) + index]);
            }
        }

        return sum;
    }

    private long[] Allocate()
    {
        var numbers = new long[Apart + (s_count * _stride)];
        return Interlocked.CompareExchange(ref _numbers, numbers, null) ?? numbers;
    }
}
