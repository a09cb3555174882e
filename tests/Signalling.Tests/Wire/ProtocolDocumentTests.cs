using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Causeway.Signalling.Options;
using Causeway.Signalling.Wire;
using Causeway.Tests.Support.Running;

namespace Causeway.Signalling.Tests.Wire;

/// <summary>docs/protocol.md says what the service does.</summary>
public partial class ProtocolDocumentTests
{
    private static readonly string Document = File.ReadAllText(Checkout.At("docs", "protocol.md"));

    [Fact]
    public void Each_example_of_a_client_is_a_message_that_the_service_takes()
    {
        var examples = Examples("client").ToList();
        foreach (var example in examples)
        {
            Assert.True(WireJson.TryRead(Encoding.UTF8.GetBytes(example), out var message, out var fault), fault);
            Assert.Null(MessageRules.Fault(message));
            AssertSame(example, JsonSerializer.Serialize(message, WireContext.Default.ClientMessage));
        }

        Assert.Equal(Names(typeof(ClientMessage)), Types(examples));
    }

    [Fact]
    public void Each_example_of_the_server_is_a_message_that_it_sends()
    {
        var examples = Examples("server").ToList();
        foreach (var example in examples)
            AssertSame(
                example, Encoding.UTF8.GetString(WireJson.Write(JsonSerializer.Deserialize(example, WireContext.Default.ServerMessage)!)));

        Assert.Equal(Names(typeof(ServerMessage)), Types(examples));
    }

    [Fact]
    public void Every_close_code_and_error_code_is_explained()
    {
        foreach (var code in Enum.GetValues<CloseCode>()) Assert.Contains($"\n| {(int)code} |", Document, StringComparison.Ordinal);
        foreach (var code in typeof(ErrorCodes).GetFields())
            Assert.Contains($"`{code.GetRawConstantValue()}`", Document, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limits_named_are_the_defaults()
    {
        var limits = new SignallingLimitOptions();
        foreach (var part in new[]
        {
            $"| `messageBytes` | {limits.MessageBytes / 1024} KiB",
            $"| nesting | {WireJson.MaxDepth} levels",
            $"| `messagesPerSecond` | {limits.MessagesPerSecond} on average, bursts of {2 * limits.MessagesPerSecond}",
            $"| `badMessages` | {limits.BadMessages} counted",
            $"| `roomMembers` | {limits.RoomMembers} |",
            $"| `outbox`, `outboxBytes` | {limits.Outbox} signals or {limits.OutboxBytes / 1024} KiB",
            $"| `outgoingMessages`, `outgoingBytes` | {limits.OutgoingMessages} messages or {limits.OutgoingBytes / 1024 / 1024} MiB",
            $"| `helloDeadline` | {limits.HelloDeadline.TotalSeconds} s",
            $"| `pingInterval` | two intervals of {limits.PingInterval.TotalSeconds} s",
            $"| `sessions`, `rooms` | {limits.Sessions / 1000} 000 and {limits.Rooms / 1000} 000",
        })
            Assert.Contains(part, Document, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Examples(string side) =>
        ExamplePattern().Matches(Document).Where(match => match.Groups["side"].Value == side).Select(match => match.Groups["json"].Value);

    private static IEnumerable<string> Types(IEnumerable<string> examples) =>
        examples.Select(example => JsonDocument.Parse(example).RootElement.GetProperty("type").GetString()!).Distinct().Order();

    private static IEnumerable<string> Names(Type messages) => messages.GetCustomAttributes(inherit: false)
        .OfType<System.Text.Json.Serialization.JsonDerivedTypeAttribute>().Select(derived => (string)derived.TypeDiscriminator!).Order();

    // The same properties and values, in whatever order and layout: nothing of an example is ignored, nothing is missing from it.
    private static void AssertSame(string example, string written)
    {
        using var one = JsonDocument.Parse(example);
        using var other = JsonDocument.Parse(written);
        Assert.True(JsonElement.DeepEquals(one.RootElement, other.RootElement), $"{example} is written {written}");
    }

    [GeneratedRegex(@"```json (?<side>client|server)\n(?<json>.*?)```", RegexOptions.Singleline)]
    private static partial Regex ExamplePattern();
}
