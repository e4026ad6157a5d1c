namespace Transcendence.Gateway;

/// <summary>The gateway's two doors: a public one for <c>/api</c>, and one for those who run it.</summary>
internal static class Doors
{
    /// <summary>The setting that names the management port.</summary>
    public const string ManagementPortSetting = "Management:Port";

    /// <summary>
    /// Keeps <c>/api</c> on all ports but the management port, and <c>/metrics</c>, <c>/health</c> and the rest on that port
    /// alone. Without a management port, the rest is nowhere.
    /// </summary>
    /// <remarks>
    /// Told apart by the port on which the connection came in. The <c>Host</c> header, by which routing tells ports apart,
    /// is whatever the client writes.
    /// </remarks>
    public static void UseDoors(this IApplicationBuilder app, int? managementPort) => app.Use((context, next) =>
    {
        var isManagement = context.Connection.LocalPort == managementPort;
        var path = context.Request.Path;
        if (isManagement ? !IsApi(path) : IsApi(path) && !Climbs(path.Value!))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    });

    private static bool IsApi(PathString path) => path.StartsWithSegments("/api");

    // Dot segments as such the server has resolved. What is left is encoded once more than it decodes, or relies on another
    // separator: a path that our backend does not follow, but somebody else's might, out of /api.
    private static bool Climbs(string path)
    {
        var decoded = Uri.UnescapeDataString(path);
        return decoded == path ? path.Contains("..", StringComparison.Ordinal) && path.Split('/', '\\').Contains("..") : Climbs(decoded);
    }
}
