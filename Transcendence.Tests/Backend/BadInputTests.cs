using System.Net;
using System.Net.Sockets;

namespace Transcendence.Tests.Backend;

/// <summary>Whatever a client sends, it is told what is wrong with it; the service never fails.</summary>
public abstract class BadInputTests(BackendService backend)
{
    private const string Player = """{"name":"somebody"}""";
    private static readonly string[] s_queryNames = ["page", "pageSize", "playerId", "x"];
    private static readonly string[] s_values = ["null", "1e999", "-0", "{}", "\"\"", "true", "9223372036854775808"];

    private readonly HttpClient _client = backend.Client;

    /// <summary>Every endpoint: its method, its path with an id that does not exist, and a body that fits it.</summary>
    public static TheoryData<string, string, string?> Endpoints => new()
    {
        { "GET", "/api/health", null },
        { "GET", "/api/health/live", null },
        { "GET", "/api/players", null },
        { "POST", "/api/players", Player },
        { "GET", "/api/players/999999", null },
        { "PUT", "/api/players/999999", Player },
        { "DELETE", "/api/players/999999", null },
        { "GET", "/api/matches", null },
        { "POST", "/api/matches", """{"player1Id":999998,"player2Id":999999,"player1Score":11,"player2Score":5}""" },
        { "GET", "/api/matches/999999", null },
        { "GET", "/api/leaderboard", null },
    };

    [SkippableFact]
    public async Task TheTableOfEndpointsIsComplete()
    {
        var document = await _client.GetJsonAsync("/openapi/v1.json");
        var described = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"))
            .Order();
        var tested = Endpoints.Select(row => $"{row[0]} {((string)row[1]).Replace("999999", "{id}", StringComparison.Ordinal)}").Order();
        Assert.Equal(described, tested);
    }

    [SkippableTheory]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("/api/nothing")]
    [InlineData("/api/players/1/nothing")]
    [InlineData("/api/players/1/../../../etc/passwd")]
    [InlineData("/%F0%9F%8F%93?x=%F0%9F%8F%93")]
    public async Task AnUnknownAddressIs404(string path)
    {
        using var response = await _client.SendAsync("GET", path);
        await response.ProblemAsync(404);
    }

    [SkippableTheory]
    [MemberData(nameof(Endpoints))]
    public async Task AWrongMethodIs405AndIsToldTheRightOnes(string method, string path, string? body)
    {
        using var response = await _client.SendAsync(method == "PATCH" ? "FOO" : "PATCH", path, body);
        await response.ProblemAsync(405);
        Assert.Contains(method, response.Content.Headers.Allow);
    }

    [SkippableTheory]
    [InlineData("GET", "/api/players/999999")]
    [InlineData("GET", "/api/players/0")]
    [InlineData("GET", "/api/players/-1")]
    [InlineData("GET", "/api/players/9223372036854775807")]
    [InlineData("PUT", "/api/players/999999")]
    [InlineData("DELETE", "/api/players/999999")]
    [InlineData("GET", "/api/matches/999999")]
    [InlineData("GET", "/api/matches/-1")]
    public async Task AnUnknownIdIs404(string method, string path)
    {
        using var response = await _client.SendAsync(method, path, method == "PUT" ? Player : null);
        Assert.Contains("There is no ", (await response.ProblemAsync(404)).Text("detail"), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("/api/players/x", "id")]
    [InlineData("/api/players/1.5", "id")]
    [InlineData("/api/players/1e3", "id")]
    [InlineData("/api/players/9223372036854775808", "id")]
    [InlineData("/api/players/%20", "id")]
    [InlineData("/api/matches/%D9%A1", "id")] // ١, a digit elsewhere
    [InlineData("/api/matches/null", "id")]
    [InlineData("/api/players?page=0", "page")]
    [InlineData("/api/players?page=-1", "page")]
    [InlineData("/api/players?page=101", "page")]
    [InlineData("/api/players?after=x", "after")]
    [InlineData("/api/players?page=2147483647&pageSize=100", "page")]
    [InlineData("/api/players?page=2147483648", "page")]
    [InlineData("/api/players?page=NaN", "page")]
    [InlineData("/api/players?page=", "page")]
    [InlineData("/api/players?page=1&page=2", "page")]
    [InlineData("/api/players?pageSize=0", "pageSize")]
    [InlineData("/api/players?pageSize=101", "pageSize")]
    [InlineData("/api/players?pageSize=ten", "pageSize")]
    [InlineData("/api/matches?page=0", "page")]
    [InlineData("/api/matches?pageSize=101", "pageSize")]
    [InlineData("/api/matches?playerId=x", "playerId")]
    [InlineData("/api/matches?playerId=99999999999999999999", "playerId")]
    [InlineData("/api/leaderboard?page=0", "page")]
    [InlineData("/api/leaderboard?pageSize=-5", "pageSize")]
    [InlineData("/api/leaderboard?pageSize=0x10", "pageSize")]
    public async Task ABadValueInTheAddressIs400AndNamed(string path, string field)
    {
        using var response = await _client.SendAsync("GET", path);
        Assert.Equal([field], (await response.ProblemAsync(400)).Faults());
    }

    [SkippableTheory]
    [InlineData("/api/players?page=100&pageSize=100")]
    [InlineData("/api/matches?page=100&pageSize=100")]
    [InlineData("/api/matches?playerId=-1")]
    [InlineData("/api/leaderboard?page=100&pageSize=100")]
    public async Task APagePastTheEndIsEmpty(string path) => Assert.Empty((await _client.GetJsonAsync(path)).Items());

    [SkippableTheory]
    [InlineData("""{}""")]
    [InlineData("""{"name":null}""")]
    [InlineData("""{"name":""}""")]
    [InlineData("""{"name":"   "}""")]
    [InlineData("""{"name":}""")]
    [InlineData("""{"name":7}""")]
    [InlineData("""{"name":true}""")]
    [InlineData("""{"name":["a"]}""")]
    [InlineData("""{"name":{"name":"a"}}""")]
    [InlineData("""{"name":"abcdefghijklmnopqrstuvwxyz0123456"}""")]
    [InlineData("""{"name":"a\u0000b"}""")]
    [InlineData("""{"name":"a\nb"}""")]
    [InlineData("""{"name":"a\u007fb"}""")]
    [InlineData("""{"name":"a\u200bb"}""")] // zero width space
    [InlineData("""{"name":"a\u202eb"}""")] // right-to-left override
    [InlineData("""{"name":"a\u00a0b"}""")] // no-break space
    [InlineData("""{"name":"e\u0301"}""")] // combining accent
    [InlineData("""{"name":"\ud83c\udfd3"}""")] // an emoji
    [InlineData("""{"name":"\ud83c"}""")] // half of one
    [InlineData("""{"name":"<script>"}""")]
    public async Task ABadNameIs400AndNamed(string body)
    {
        using var created = await _client.SendAsync("POST", "/api/players", body);
        Assert.Equal(["name"], (await created.ProblemAsync(400)).Faults());
        using var renamed = await _client.SendAsync("PUT", "/api/players/1", body);
        Assert.Equal(["name"], (await renamed.ProblemAsync(400)).Faults());
    }

    [SkippableTheory]
    [InlineData("{}", "player1Id", "player2Id", "player1Score", "player2Score")]
    [InlineData("""{"player1Id":null,"player2Id":null,"player1Score":null,"player2Score":null}""", "player1Id", "player2Id", "player1Score", "player2Score")]
    [InlineData("""{"player1Id":$1,"player2Id":$2,"player1Score":11}""", "player2Score")]
    [InlineData("""{"player1Id":$1,"player2Id":$2,"player1Score":-1,"player2Score":1001}""", "player1Score", "player2Score")]
    [InlineData("""{"player1Id":$1,"player2Id":$2,"player1Score":2147483648,"player2Score":1}""", "player1Score")]
    [InlineData("""{"player1Id":$1,"player2Id":$2,"player1Score":1.5,"player2Score":1}""", "player1Score")]
    [InlineData("""{"player1Id":$1,"player2Id":$2,"player1Score":"11","player2Score":1}""", "player1Score")]
    [InlineData("""{"player1Id":$1,"player2Id":$2,"player1Score":"NaN","player2Score":1}""", "player1Score")]
    [InlineData("""{"player1Id":$1,"player2Id":$2,"player1Score":NaN,"player2Score":1}""", "player1Score")]
    [InlineData("""{"player1Id":$1,"player2Id":$2,"player1Score":1e400,"player2Score":1}""", "player1Score")]
    [InlineData("""{"player1Id":$1,"player2Id":$2,"player1Score":11,"player2Score":11}""", "player2Score")]
    [InlineData("""{"player1Id":$1,"player2Id":$1,"player1Score":11,"player2Score":5}""", "player2Id")]
    [InlineData("""{"player1Id":$1,"player2Id":999999,"player1Score":11,"player2Score":5}""", "player2Id")]
    [InlineData("""{"player1Id":0,"player2Id":-1,"player1Score":11,"player2Score":5}""", "player1Id", "player2Id")]
    [InlineData("""{"player1Id":99999999999999999999,"player2Id":$2,"player1Score":11,"player2Score":5}""", "player1Id")]
    [InlineData("""{"player1Id":"$1","player2Id":$2,"player1Score":11,"player2Score":5}""", "player1Id")]
    [InlineData("""{"player1Id":[$1],"player2Id":$2,"player1Score":11,"player2Score":5}""", "player1Id")]
    public async Task ABadMatchIs400NamesWhatIsWrongAndChangesNothing(string body, params string[] fields)
    {
        var player1 = await backend.AddPlayerAsync();
        var player2 = await backend.AddPlayerAsync();
        body = body
            .Replace("$1", player1.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("$2", player2.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

        using var response = await _client.SendAsync("POST", "/api/matches", body);
        Assert.Equal(fields, (await response.ProblemAsync(400)).Faults());
        Assert.Equal(0, (await _client.GetJsonAsync($"/api/matches?playerId={player1}")).Number("totalCount"));
        Assert.Equal(1200, (await _client.GetJsonAsync($"/api/players/{player1}")).Number("rating"));
    }

    public static TheoryData<string, string> WithBody()
    {
        var data = new TheoryData<string, string>();
        foreach (var row in Endpoints.Where(row => row[2] is not null))
        {
            data.Add((string)row[0], (string)row[1]);
        }

        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(WithBody))]
    public async Task ABodyThatIsNoJSONObjectIs400(string method, string path)
    {
        var nested = new string('[', 1000) + new string(']', 1000);
        foreach (var body in new[] { "", " ", "null", "7", "\"text\"", "[]", "{", "}", "{} {}", "\0", "<xml/>", "name=x", "{'name':'x'}", nested, "\ufeff\ufeff{}" })
        {
            using var response = await _client.SendAsync(method, path, body);
            Assert.Equal(["body"], (await response.ProblemAsync(400)).Faults());
        }

        using var none = await _client.SendAsync(method, path);
        Assert.Equal(["body"], (await none.ProblemAsync(400)).Faults());
    }

    [SkippableTheory]
    [MemberData(nameof(WithBody))]
    public async Task TextThatIsNotUTF8Is400(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative))
        {
            Content = new ByteArrayContent([.. "{\"name\":\""u8, 0xFF, 0xC0, .. "\"}"u8]),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        using var response = await _client.SendAsync(request);
        Assert.NotEmpty((await response.ProblemAsync(400)).Faults());
    }

    [SkippableTheory]
    [MemberData(nameof(WithBody))]
    public async Task AnotherContentTypeIs415(string method, string path)
    {
        foreach (var type in new[] { "text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense", "application/json; charset=klingon", "application/json; charset=utf-7" })
        {
            using var response = await _client.SendAsync(method, path, Player, type);
            await response.ProblemAsync(415);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(WithBody))]
    public async Task ABodyOver64KBIs413(string method, string path)
    {
        var body = $$"""{"name":"{{new string('x', 64 * 1024)}}"}""";
        using var announced = await _client.SendAsync(method, path, body);
        await announced.ProblemAsync(413);

        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = true;
        using var chunked = await _client.SendAsync(request);
        await chunked.ProblemAsync(413);

        // A little less is read, and refused for what it says.
        using var read = await _client.SendAsync(method, path, $$"""{"name":"{{new string('x', 60 * 1024)}}"}""");
        await read.ProblemAsync(400);
    }

    [SkippableTheory]
    [MemberData(nameof(Endpoints))]
    public async Task AnErrorIsToldAsProblemDetailsWhateverTheClientAccepts(string method, string path, string? body)
    {
        foreach (var accept in new[] { "text/html", "image/png", "application/json", "*/*;q=0", "nonsense" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(path, UriKind.Relative));
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using var response = await _client.SendAsync(request);
            await response.ProblemAsync(405);
            if (body is not null)
            {
                using var invalid = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative)) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
                invalid.Headers.TryAddWithoutValidation("Accept", accept);
                using var refused = await _client.SendAsync(invalid);
                Assert.All((await refused.ProblemAsync(400)).Faults(), fault => Assert.True(char.IsAsciiLetterLower(fault[0]), fault));
            }
        }
    }

    [SkippableFact]
    public async Task JunkNeverMakesTheServiceFail()
    {
        var random = new Random(20261122);
        var endpoints = Endpoints.ToArray();
        for (var i = 0; i < 1500; i++)
        {
            var row = endpoints[random.Next(endpoints.Length)];
            var path = ((string)row[1]).Replace("999999", Uri.EscapeDataString(Junk(random, 12).Replace('\0', '0')), StringComparison.Ordinal) + Query(random);
            var body = row[2] is string fitting ? Damage(random, fitting) : random.Next(4) == 0 ? Junk(random, 40) : null;
            using var response = await _client.SendAsync((string)row[0], path, body);
            var what = $"{row[0]} {path} {body}";
            Assert.True((int)response.StatusCode < 500, $"{(int)response.StatusCode}: {what}");
            if (!response.IsSuccessStatusCode)
            {
                await response.ProblemAsync((int)response.StatusCode);
            }
        }

        using var alive = await _client.SendAsync("GET", "/api/health");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    // What HttpClient would not send. The server refuses some of it before there is a request to answer with Problem Details.
    [SkippableTheory]
    [InlineData("GARBAGE\r\n\r\n")]
    [InlineData("GET /api/players HTTP/1.1\r\n\r\n")] // no Host
    [InlineData("GET /api/players HTTP/9.9\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /api/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /api/\0players HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("GET /api/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /api/players/%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("POST /api/players HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("POST /api/players HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n")]
    [InlineData("POST /api/players HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n")]
    [InlineData("POST /api/players HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: nonsense\r\n\r\n{}")]
    [InlineData("CONNECT /api/players HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    [InlineData("TRACE /api/players HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]
    public async Task ABrokenRequestIsRefused(string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(_client.BaseAddress!.Host, _client.BaseAddress.Port);
        var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var status = await reader.ReadLineAsync(deadline.Token);
        Assert.Matches("^HTTP/1.1 (4..|505) ", status);
    }

    private static string Query(Random random) => random.Next(3) == 0
        ? ""
        : "?" + string.Join("&", Enumerable.Range(0, random.Next(1, 3)).Select(_ =>
            $"{s_queryNames[random.Next(s_queryNames.Length)]}={Uri.EscapeDataString(random.Next(2) == 0 ? Junk(random, 8) : random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture))}"));

    // Cuts, doubles or overwrites a piece, or swaps a value for another one.
    private static string Damage(Random random, string body)
    {
        for (var wounds = random.Next(1, 4); wounds > 0 && body.Length > 1; wounds--)
        {
            var at = random.Next(body.Length);
            var length = random.Next(1, Math.Min(6, body.Length - at + 1));
            body = random.Next(4) switch
            {
                0 => body.Remove(at, Math.Min(length, body.Length - at)),
                1 => body.Insert(at, body.Substring(at, Math.Min(length, body.Length - at))),
                2 => body.Insert(at, Junk(random, 3)),
                _ => body.Replace("11", s_values[random.Next(s_values.Length)], StringComparison.Ordinal),
            };
        }

        return body;
    }

    private static string Junk(Random random, int maxLength)
    {
        const string Characters = "ab09{}[]\":,.-+eE\\/%&?#<>' \t\r\n\0\u0001\u007f\u0300\u200b\u202eé田\ufffd";
        return new string([.. Enumerable.Range(0, random.Next(1, maxLength + 1)).Select(_ => Characters[random.Next(Characters.Length)])]);
    }
}

/// <summary>With SQLite.</summary>
/// <param name="backend">The backend.</param>
[Collection(BackendService.Shared)]
public sealed class BadInputWithSqliteTests(BackendService backend) : BadInputTests(backend);

/// <summary>With PostgreSQL.</summary>
/// <param name="backend">The backend.</param>
[Collection(PostgreSqlBackend.Name)]
public sealed class BadInputWithPostgreSqlTests(PostgreSqlBackend backend) : BadInputTests(backend);
