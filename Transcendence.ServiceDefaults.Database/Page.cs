using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Transcendence.ServiceDefaults.Database;

/// <summary>A part of a list.</summary>
/// <typeparam name="T">What the list is of.</typeparam>
/// <param name="Items">The items of this page, in the list's order; none when the page is past the end.</param>
/// <param name="PageNumber">Which page this is; the first is 1.</param>
/// <param name="PageSize">How many items a full page has.</param>
/// <param name="TotalCount">How many items the whole list has; 10,000 stands for as many or more, as counting all of a long list would take as long as reading it.</param>
public sealed record Page<T>(
    IReadOnlyList<T> Items,
    [property: JsonPropertyName("page")] int PageNumber,
    int PageSize,
    int TotalCount);

/// <summary>How a page of a list is read: in the same time, however long the list is.</summary>
public static class Paging
{
    /// <summary>The items on a page unless the client says otherwise.</summary>
    public const int DefaultSize = 20;

    /// <summary>As far as is counted.</summary>
    public const int MostCounted = 10_000;

    /// <summary>Reads one page of an ordered query.</summary>
    /// <typeparam name="T">What the list is of.</typeparam>
    /// <param name="ordered">The whole list, in an order that leaves no two items equal.</param>
    /// <param name="page">The number of the page; the first is 1.</param>
    /// <param name="pageSize">The items on a page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The page; without items when it is past the end.</returns>
    public static Task<Page<T>> ToPageAsync<T>(this IQueryable<T> ordered, int page, int pageSize, CancellationToken cancellationToken) =>
        ToPageAsync(_ => ordered, page, pageSize, cancellationToken);

    /// <summary>Reads one page of a list of which no more has to be known than its beginning.</summary>
    /// <typeparam name="T">What the list is of.</typeparam>
    /// <param name="beginning">The list, in an order that leaves no two items equal: so many items of it at least, if it has them.</param>
    /// <param name="page">The number of the page; the first is 1.</param>
    /// <param name="pageSize">The items on a page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The page; without items when it is past the end.</returns>
    public static async Task<Page<T>> ToPageAsync<T>(Func<int, IQueryable<T>> beginning, int page, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(beginning);
        return new(
            await beginning(page * pageSize).Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken).ConfigureAwait(false),
            page,
            pageSize,
            await beginning(MostCounted).Take(MostCounted).CountAsync(cancellationToken).ConfigureAwait(false));
    }
}

/// <summary>The bounds of a page's number.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PageNumberAttribute : RangeAttribute
{
    /// <summary>1 to 100: a database passes over all that comes before a page. Further on, a list is begun anew behind an item (<c>after</c>).</summary>
    public PageNumberAttribute() : base(1, 100) => ErrorMessage = ApiContract.OutOfRange;
}

/// <summary>The bounds of a page's size.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PageSizeAttribute : RangeAttribute
{
    /// <summary>1 to 100.</summary>
    public PageSizeAttribute() : base(1, 100) => ErrorMessage = ApiContract.OutOfRange;
}
