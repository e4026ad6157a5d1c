using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Transcendence.ServiceDefaults.Database;

/// <summary>A part of a list.</summary>
/// <typeparam name="T">What the list is of.</typeparam>
/// <param name="Items">The items of this page, in the list's order; none when the page is past the end.</param>
/// <param name="PageNumber">Which page this is; the first is 1.</param>
/// <param name="PageSize">How many items a full page has.</param>
/// <param name="TotalCount">How many items the whole list has.</param>
public sealed record Page<T>(
    IReadOnlyList<T> Items,
    [property: JsonPropertyName("page")] int PageNumber,
    int PageSize,
    int TotalCount);

/// <summary>How a page of a list is read.</summary>
public static class Paging
{
    /// <summary>The items on a page unless the client says otherwise.</summary>
    public const int DefaultSize = 20;

    /// <summary>Reads one page of an ordered query.</summary>
    /// <typeparam name="T">What the list is of.</typeparam>
    /// <param name="ordered">The whole list, in an order that leaves no two items equal.</param>
    /// <param name="page">The number of the page; the first is 1.</param>
    /// <param name="pageSize">The items on a page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The page; without items when it is past the end.</returns>
    public static async Task<Page<T>> ToPageAsync<T>(this IQueryable<T> ordered, int page, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ordered);
        return new(
            await ordered.Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken).ConfigureAwait(false),
            page,
            pageSize,
            await ordered.CountAsync(cancellationToken).ConfigureAwait(false));
    }
}

/// <summary>The bounds of a page's number.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PageNumberAttribute : RangeAttribute
{
    /// <summary>1 to 1,000,000: with 100 items on each far from where an offset overflows.</summary>
    public PageNumberAttribute() : base(1, 1_000_000) => ErrorMessage = ApiContract.OutOfRange;
}

/// <summary>The bounds of a page's size.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PageSizeAttribute : RangeAttribute
{
    /// <summary>1 to 100.</summary>
    public PageSizeAttribute() : base(1, 100) => ErrorMessage = ApiContract.OutOfRange;
}
