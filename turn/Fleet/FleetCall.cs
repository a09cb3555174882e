using System.Net.Http.Headers;
using System.Text;

namespace Causeway.Turn.Fleet;

/// <summary>Sends a signed message and verifies the signed answer.</summary>
public static class FleetCall
{
    private const int MaxReasonLength = 300;

    /// <summary>Sends a message.</summary>
    /// <param name="http">The HTTP client; its time-out limits the call.</param>
    /// <param name="host">The receiver, as <c>https://call.example.org</c>.</param>
    /// <param name="path">The path of the message.</param>
    /// <param name="key">The signing key.</param>
    /// <param name="body">The message.</param>
    /// <param name="maxAnswerBytes">The maximum length of the answer, in bytes.</param>
    /// <param name="cancellation">Cancels the call.</param>
    /// <returns>The answer's body. Its signature proves that it answers this message and comes from an owner of the key.</returns>
    /// <exception cref="FleetException">There is no valid answer; the message says why and how to fix it.</exception>
    public static async Task<byte[]> PostAsync(
        HttpClient http, Uri host, string path, string key, byte[] body, int maxAnswerBytes, CancellationToken cancellation)
    {
        var signature = FleetSignature.Sign(key, path, body);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(host, path)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(FleetSignature.Header, signature);
        // The client's own time-out covers the headers only.
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(http.Timeout);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, bound.Token);
            var answer = await ReadAsync(response.Content, maxAnswerBytes, bound.Token);
            if (!response.IsSuccessStatusCode)
                throw new FleetException($"{host.Authority} answered {(int)response.StatusCode}: {Printable(answer)}");

            var given = response.Headers.TryGetValues(FleetSignature.Header, out var values) ? values.FirstOrDefault() : null;
            return FleetSignature.IsAnswer(key, path, signature, answer, given)
                ? answer
                : throw new FleetException(
                    $"the answer of {host.Authority} is not signed with the same key; "
                    + "another server answers there, or the two sides have different keys");
        }
        catch (HttpRequestException failure)
        {
            throw new FleetException($"{host.Authority} cannot be reached: {(failure.InnerException ?? failure).Message}", failure);
        }
        catch (IOException failure)
        {
            throw new FleetException($"the connection to {host.Authority} broke: {failure.Message}", failure);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new FleetException($"{host.Authority} did not answer within {http.Timeout.TotalSeconds:0.#} s", late);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, int most, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[most + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return length <= most
            ? buffer[..length]
            : throw new FleetException($"the answer has more than {most} bytes; another server answers there");
    }

    // Untrusted text, which ends up in a log.
    private static string Printable(byte[] text)
    {
        var letters = Encoding.UTF8.GetString(text).Trim().Select(letter => char.IsControl(letter) ? ' ' : letter);
        var line = new string([.. letters.Take(MaxReasonLength)]);
        return line.Length == 0 ? "no reason given" : line;
    }
}

/// <summary>A message of the fleet got no valid answer.</summary>
public sealed class FleetException(string message, Exception? cause = null) : Exception(message, cause);
