namespace Transcendence.ServiceDefaults;

/// <summary>Asks the service that runs beside this process how it is: a container without a shell has nothing else that could.</summary>
internal static class HealthProbe
{
    private const string Option = "--health";

    private const int DefaultPort = 8080; // As in Microsoft's images.

    /// <summary>Where the program's only argument is <c>--health</c>: ends it, with 0 when <c>/health</c> answers with success where the service listens, by the same settings; else with 1, and the reason on standard error.</summary>
    public static void AnswerIfAsked(IConfiguration configuration)
    {
        if (Environment.GetCommandLineArgs() is [_, Option])
        {
            Environment.Exit(AskAsync(configuration).GetAwaiter().GetResult());
        }
    }

    private static async Task<int> AskAsync(IConfiguration configuration)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(4) };
        var url = new Uri($"http://localhost:{PortOf(configuration)}{EndpointPaths.Health}");
        try
        {
            using var response = await client.GetAsync(url).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
            {
                return 0;
            }

            await Console.Error.WriteLineAsync($"{url} answers {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync().ConfigureAwait(false)}").ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{url} does not answer: {e.Message}").ConfigureAwait(false);
        }

        return 1;
    }

    // A service with a management port has its health there alone.
    private static int PortOf(IConfiguration configuration) =>
        configuration.GetValue<int?>("Management:Port")
        ?? Array.Find((configuration["URLS"] ?? "").Split(';'), url => url.StartsWith("http:", StringComparison.OrdinalIgnoreCase)) switch
        {
            { } url => BindingAddress.Parse(url).Port,
            null => int.TryParse(configuration["HTTP_PORTS"]?.Split(';')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : DefaultPort,
        };
}
