using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Transcendence.Hosting.Dashboard;

/// <summary>Answers that say what is wrong, and the parameters that are checked for them.</summary>
internal static class Problems
{
    public static ProblemHttpResult Of(int status, string title, string detail) =>
        TypedResults.Problem(detail, statusCode: status, title: title);

    public static ProblemHttpResult BadParameter(string name, string? value, string expected) =>
        Of(StatusCodes.Status400BadRequest, "Bad parameter", $"'{name}' is '{value}'; it has to be {expected}.");

    /// <summary>A switch; off when it is left out.</summary>
    public static bool TryParse(string? text, out bool value)
    {
        value = false;
        return text is null || bool.TryParse(text, out value);
    }

    /// <summary>A number without a sign; <paramref name="missing"/> when it is left out.</summary>
    public static bool TryParse(string? text, int missing, out int value)
    {
        value = missing;
        return text is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
