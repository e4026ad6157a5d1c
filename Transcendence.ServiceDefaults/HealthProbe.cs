namespace Transcendence.ServiceDefaults;

/// <summary>Asks the service that runs beside this process how it is: a container without a shell has nothing else that could.</summary>
internal static class HealthProbe
{
    /// <summary>The only argument of a program that is no service, but asks the one beside it.</summary>
    public const string Option = "--health";

    private const int DefaultPort = 8080; // As in Microsoft's images.

    /// <summary>Asks <c>/health</c> where the service listens, by the same settings.</summary>
    /// <returns>The exit code: 0 when it answers with success; else 1, and the reason is on standard error.</returns>
    /// <remarks>A server asks every few seconds: without the service's builder it takes a seventh less CPU (measured).</remarks>
    public static async Task<int> AskAsync()
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables("DOTNET_").AddEnvironmentVariables().Build();
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
