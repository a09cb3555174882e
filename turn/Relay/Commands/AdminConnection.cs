using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Causeway.Relay.Admin;
using Causeway.Relay.Hosting;
using Causeway.Relay.Settings;
using Causeway.Turn.Fleet;

namespace Causeway.Relay.Commands;

/// <summary>Asks the admin interface of a running relay.</summary>
internal sealed class AdminConnection : IDisposable
{
    private const int MaxAnswerBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly HttpClient _http;

    /// <summary>Prepares a connection.</summary>
    /// <param name="admin">The interface's URL.</param>
    /// <param name="tokenFile">A file whose first line is the token; null without one.</param>
    /// <exception cref="CommandException">The file can't be used.</exception>
    public AdminConnection(Uri admin, string? tokenFile)
    {
        var token = tokenFile is null ? null : ReadToken(tokenFile);
        // Without proxies and redirects: the token goes to the named relay or nowhere.
        _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = Patience })
        {
            BaseAddress = admin,
            Timeout = Patience,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _http.DefaultRequestHeaders.Add(AdminAccess.Header, "1");
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request.</summary>
    /// <returns>The body of the answer; null if it has none.</returns>
    /// <exception cref="CommandException">The relay can't be reached, or refuses the request.</exception>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body, body.GetType(), options: Json);
        var (status, text) = await SendAsync(request);
        var answer = Parse(text);
        if (status is >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous && (answer is not null || text.Length == 0)) return answer;

        throw new CommandException(Refusal(status, answer), RelayExit.Mistake);
    }

    /// <summary>Sends a request and reads the answer.</summary>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, object? body = null)
    {
        try
        {
            return (await SendAsync(method, path, body)).Deserialize<T>(Json) ?? throw NotARelay();
        }
        catch (JsonException)
        {
            throw NotARelay();
        }
    }

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpRequestMessage request)
    {
        try
        {
            using var response = await _http.SendAsync(request);
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (TaskCanceledException)
        {
            throw Unreachable($"no answer within {Patience.TotalSeconds:0} s");
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable((failure.GetBaseException() as SocketException)?.Message ?? failure.Message.TrimEnd('.'));
        }
    }

    private string Refusal(HttpStatusCode status, JsonNode? answer)
    {
        if (answer is not JsonObject problem || problem["detail"] is not JsonValue detail) return NotARelay(status).Message;
        // Each mistake in the settings is a line, as the relay's start prints them.
        return status == HttpStatusCode.Unauthorized
            ? $"{_http.BaseAddress}: {detail}; name the token's file with --token-file"
            : $"{detail}";
    }

    private CommandException Unreachable(string reason) => new(
        $"{_http.BaseAddress}: cannot be reached ({reason}); is the relay running, and is this the address of its relay.admin? "
        + "Name another one with --admin", RelayExit.Unreachable);

    private CommandException NotARelay(HttpStatusCode status = HttpStatusCode.OK) => new(
        $"{_http.BaseAddress}: answers {(int)status}, but not as a relay's admin interface; name the address of relay.admin with --admin",
        RelayExit.Mistake);

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string ReadToken(string file)
    {
        var mistakes = new List<string>();
        var lines = SecretLines.Read("--token-file", file, mistakes, most: 1);
        if (lines is { Count: 0 }) mistakes.Add($"--token-file: {file} is empty; write the token on its first line");
        if (mistakes.Count > 0) throw new CommandException(mistakes[0], RelayExit.Mistake);
        return AdminSettings.IsSendable(lines![0])
            ? lines[0]
            : throw new CommandException(
                $"--token-file: the first line of {file} is not a token; write visible ASCII without spaces", RelayExit.Mistake);
    }
}

/// <summary>Why a command failed.</summary>
/// <param name="message">What is wrong and how to fix it.</param>
/// <param name="exitCode">The exit code.</param>
internal sealed class CommandException(string message, int exitCode) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
