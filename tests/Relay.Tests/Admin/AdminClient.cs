using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Causeway.Relay.Tests.Admin;

/// <summary>Asks a relay's admin interface.</summary>
internal sealed class AdminClient : IDisposable
{
    private readonly HttpClient _http;

    public AdminClient(IPEndPoint endPoint, string? token = null)
    {
        _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new($"http://{endPoint}") };
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new("Bearer", token);
    }

    public void Dispose() => _http.Dispose();

    public async Task<JsonNode> GetAsync(string path) =>
        (await _http.GetFromJsonAsync<JsonNode>(path, Deadline.Token))!;

    /// <summary>Sends a request, a change with a JSON content type, and returns status and body.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (method != "GET") request.Content = new StringContent(body as string ?? "", Encoding.UTF8, "application/json");
        if (body is not null and not string) request.Content = JsonContent.Create(body);
        return await SendAsync(request);
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request, Deadline.Token);
        var text = await response.Content.ReadAsStringAsync(Deadline.Token);
        return (response.StatusCode, text.Length > 0 ? JsonNode.Parse(text) : null);
    }
}
