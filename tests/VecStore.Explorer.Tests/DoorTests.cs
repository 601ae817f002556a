using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace VecStore.Explorer.Tests;

public sealed class DoorTests(ShownStore shown)
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    [Fact]
    public async Task The_page_is_there_under_its_token_and_nowhere_else()
    {
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(shown.Address.Host)));
        Assert.Equal(HttpStatusCode.OK, await Ask(""));
        string root = shown.Address.GetLeftPart(UriPartial.Authority);
        foreach (string path in (string[])["/", "/index.html", "/0123456789abcdef0123456789abcdef/", "/0123456789abcdef0123456789abcdef/api/store", shown.Address.AbsolutePath.TrimEnd('/')])
        {
            using HttpResponseMessage answer = await Client.GetAsync(new Uri(root + path), Token);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Token));
        }
    }

    [Theory]
    [InlineData("nothing.js")]
    [InlineData("%2e%2e%2f%2e%2e%2fetc%2fpasswd")]
    [InlineData("..%2fmanifest")]
    [InlineData("api/nothing")]
    [InlineData("api/row?collection=words&row=6000")]
    [InlineData("api/row?collection=..%2Fwords&row=0")]
    [InlineData("api/coloring?collection=words&field=nothing")]
    [InlineData("api/analogy?collection=words&expression=qqqqq")]
    public async Task What_is_not_there_is_404(string path) => Assert.Equal(HttpStatusCode.NotFound, await Ask(path));

    [Theory]
    [InlineData("api/axes?collection=words&names=pc%3A11")]
    [InlineData("api/axes?collection=words&names=expression%3Aking%20-")]
    [InlineData("api/row?collection=words")]
    public async Task What_is_not_understood_is_400(string path) => Assert.Equal(HttpStatusCode.BadRequest, await Ask(path));

    [Theory]
    [InlineData("Origin", "http://example.org")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Host", "example.org")]
    [InlineData("Host", "127.0.0.1")] // a page at port 80 of this machine is another origin
    public async Task Another_origin_gets_nothing(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(shown.Address, "api/store"));
        request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage answer = await Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task A_path_that_climbs_out_of_the_page_gets_403()
    {
        // Not through HttpClient, which would tidy the path up first.
        using var socket = new TcpClient(shown.Address.Host, shown.Address.Port);
        string request = $"GET {shown.Address.AbsolutePath}../../etc/passwd HTTP/1.1\r\nHost: {shown.Address.Authority}\r\nConnection: close\r\n\r\n";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request), Token);
        string answer = await new StreamReader(socket.GetStream()).ReadToEndAsync(Token);
        Assert.StartsWith("HTTP/1.1 403", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_coordinates_are_the_projections_of_the_rows()
    {
        byte[] bytes = await Client.GetByteArrayAsync(new Uri(shown.Address, "api/axes?collection=words&names=" + Uri.EscapeDataString("pc:1\npc:2\nfield:length\nexpression:she - he")), Token);
        int head = BitConverter.ToInt32(bytes);
        using JsonDocument said = JsonDocument.Parse(bytes.AsMemory(4, head));
        Assert.Equal(6_000, said.RootElement.GetProperty("rows").GetInt32());
        float[][] axes = [.. Enumerable.Range(0, 4).Select(a => Enumerable.Range(0, 6_000).Select(i => BitConverter.ToSingle(bytes, 4 + head + (((a * 6_000) + i) * 4))).ToArray())];
        Assert.Equal(bytes.Length, 4 + head + (4 * 6_000 * 4));
        Assert.Equal(0, axes[0].Average(), 1e-4); // centred, and uncorrelated with one another, the first the wider
        Assert.Equal(0, axes[0].Zip(axes[1], (x, y) => x * y).Average(), 1e-4);
        Assert.True(axes[0].Average(x => x * x) > axes[1].Average(x => x * x));
        Assert.Equal(3, axes[2][0]); // "the"
        Assert.True(Value("she") > 0.5 && Value("he") < -0.5, $"{Value("she")} {Value("he")}");

        float Value(string word) => axes[3][Array.IndexOf(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Sample", "glove-20k.vocab.txt")), word)];
    }

    [Fact]
    public async Task A_direction_of_picked_rows_is_tested_on_rows_it_has_not_seen()
    {
        string[] male = ["he", "him", "his", "man", "men", "father", "son", "brother", "king", "boy"], female = ["she", "her", "woman", "women", "mother", "daughter", "sister", "queen", "girl", "wife"];
        int[] from = await Rows(male), to = await Rows(female);
        using HttpResponseMessage answer = await Client.PostAsJsonAsync(new Uri(shown.Address, "api/direction"), new { collection = "words", from, to }, Token);
        answer.EnsureSuccessStatusCode();
        using JsonDocument direction = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(Token));
        Assert.True(direction.RootElement.GetProperty("held_out_area").GetDouble() > 0.8);
        Assert.True(direction.RootElement.GetProperty("p_value").GetDouble() <= 0.05);
    }

    [Fact]
    public async Task Saved_directions_are_axes_and_features_have_contexts()
    {
        using JsonDocument store = JsonDocument.Parse(await Client.GetStringAsync(new Uri(shown.Address, "api/store"), Token));
        JsonElement[] collections = [.. store.RootElement.GetProperty("collections").EnumerateArray()];
        Assert.Equal(["features", "other-layer", "words"], collections.Select(c => c.GetProperty("name").GetString()));
        Assert.Equal("gender", collections[2].GetProperty("directions")[0].GetString());
        Assert.Equal("words", store.RootElement.GetProperty("first").GetString());
        Assert.Equal(HttpStatusCode.OK, await Ask("api/axes?collection=words&names=direction%3Agender"));
        Assert.Equal(HttpStatusCode.BadRequest, await Ask("api/axes?collection=words&names=direction%3Anothing"));
        using JsonDocument row = JsonDocument.Parse(await Client.GetStringAsync(new Uri(shown.Address, "api/row?collection=features&row=3"), Token));
        JsonElement context = row.RootElement.GetProperty("contexts")[0];
        Assert.Equal((2.5, 2), (context.GetProperty("activation").GetDouble(), context.GetProperty("at").GetInt32()));
        Assert.Equal([" token7", " token8", " token9"], context.GetProperty("tokens").EnumerateArray().Select(token => token.GetString()));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<int[]> Rows(string[] keys)
    {
        using HttpResponseMessage answer = await Client.PostAsJsonAsync(new Uri(shown.Address, "api/rows"), new { collection = "words", keys }, Token);
        int[] rows = (await answer.Content.ReadFromJsonAsync<int[]>(Token))!;
        Assert.DoesNotContain(-1, rows);
        return rows;
    }

    private async Task<HttpStatusCode> Ask(string path)
    {
        using HttpResponseMessage answer = await Client.GetAsync(new Uri(shown.Address + path), Token);
        return answer.StatusCode;
    }
}
