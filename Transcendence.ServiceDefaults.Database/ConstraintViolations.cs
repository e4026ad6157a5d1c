using System.Data.Common;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Transcendence.ServiceDefaults.Database;

/// <summary>
/// What the database refuses because of a constraint is no failure of the database: it is answered with 409 when other rows stand
/// against it (UNIQUE, PRIMARY KEY, FOREIGN KEY), so the same request may succeed later, and with 400 when the row itself does
/// (CHECK, NOT NULL, a strict table's type). Everything else is left to the next handler.
/// </summary>
/// <remarks>A net under the validation of each endpoint, which says what is wrong better than this can.</remarks>
internal sealed partial class ConstraintViolations(ILogger<ConstraintViolations> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        // EF Core has it as an inner exception.
        if ((exception as DbException ?? exception.InnerException as DbException) is not { } refusal || StatusOf(refusal) is not { } status)
        {
            return false;
        }

        LogRefused(httpContext.Features.Get<IExceptionHandlerFeature>()?.Endpoint?.DisplayName ?? "A request without a route", refusal.Message);
        await TypedResults.Problem(
            status == StatusCodes.Status409Conflict
                ? "This is in conflict with what is stored already. Read it anew, and change the request."
                : "A value is missing or out of range.",
            statusCode: status).ExecuteAsync(httpContext).ConfigureAwait(false);
        return true;
    }

    private static int? StatusOf(DbException refusal) => refusal switch
    {
        // The extended result codes of SQLITE_CONSTRAINT.
        SqliteException { SqliteExtendedErrorCode: 787 or 1555 or 2067 or 2579 } => StatusCodes.Status409Conflict, // FOREIGNKEY, PRIMARYKEY, UNIQUE, ROWID
        SqliteException { SqliteExtendedErrorCode: 275 or 1299 or 3091 } => StatusCodes.Status400BadRequest, // CHECK, NOTNULL, DATATYPE
        PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.UniqueViolation } => StatusCodes.Status409Conflict,
        PostgresException { SqlState: PostgresErrorCodes.CheckViolation or PostgresErrorCodes.NotNullViolation or PostgresErrorCodes.StringDataRightTruncation } => StatusCodes.Status400BadRequest,
        _ => null,
    };

    [LoggerMessage(LogLevel.Warning, "{Route} was refused by the database: {Reason}")]
    private partial void LogRefused(string route, string reason);
}
