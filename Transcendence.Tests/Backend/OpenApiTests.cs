namespace Transcendence.Tests.Backend;

[Collection(BackendService.Shared)]
public sealed class OpenApiTests(BackendService backend)
{
    [Theory]
    [InlineData("/api/health", "get", "200", "503")]
    [InlineData("/api/health/live", "get", "200")]
    [InlineData("/api/players", "get", "200", "400", "503")]
    [InlineData("/api/players", "post", "201", "400", "409", "413", "415", "503")]
    [InlineData("/api/players/{id}", "get", "200", "400", "404", "503")]
    [InlineData("/api/players/{id}", "put", "200", "400", "404", "409", "413", "415", "503")]
    [InlineData("/api/players/{id}", "delete", "204", "400", "404", "409", "503")]
    [InlineData("/api/matches", "get", "200", "400", "503")]
    [InlineData("/api/matches", "post", "200", "201", "400", "409", "413", "415", "503")]
    [InlineData("/api/matches/{id}", "get", "200", "400", "404", "503")]
    [InlineData("/api/leaderboard", "get", "200", "400", "503")]
    public async Task EveryEndpointIsDescribedWithItsErrors(string path, string method, params string[] statuses)
    {
        var document = await backend.Client.GetJsonAsync("/openapi/v1.json");
        var operation = document.GetProperty("paths").GetProperty(path).GetProperty(method);
        Assert.False(string.IsNullOrWhiteSpace(operation.Text("summary")));
        var responses = operation.GetProperty("responses").EnumerateObject().ToArray();
        Assert.Equal(statuses, responses.Select(response => response.Name).Order());
        Assert.All(responses.Where(response => response.Name[0] is '4' or '5'), response =>
            Assert.True(response.Value.GetProperty("content").TryGetProperty("application/problem+json", out _)));
    }
}
