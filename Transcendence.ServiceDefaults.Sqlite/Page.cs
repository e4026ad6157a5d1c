using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.EntityFrameworkCore;

namespace Transcendence.ServiceDefaults.Sqlite;

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

/// <summary>The bounds of paged lists, and how a page is read.</summary>
public static class Paging
{
    /// <summary>The highest page number: with <see cref="MaxSize"/> it is far from where an offset overflows.</summary>
    public const int MaxPage = 1_000_000;

    /// <summary>The most items on a page.</summary>
    public const int MaxSize = 100;

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
    /// <summary>1 to <see cref="Paging.MaxPage"/>.</summary>
    public PageNumberAttribute() : base(1, Paging.MaxPage) => ErrorMessage = ApiContract.OutOfRange;
}

/// <summary>The bounds of a page's size.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class PageSizeAttribute : RangeAttribute
{
    /// <summary>1 to <see cref="Paging.MaxSize"/>.</summary>
    public PageSizeAttribute() : base(1, Paging.MaxSize) => ErrorMessage = ApiContract.OutOfRange;
}
