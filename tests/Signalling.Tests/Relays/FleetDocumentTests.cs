using System.Text;
using System.Text.RegularExpressions;
using Causeway.Signalling.Options;
using Causeway.Tests.Support.Running;
using Causeway.Turn.Fleet;

namespace Causeway.Signalling.Tests.Relays;

/// <summary>The examples of docs/fleet.md are messages.</summary>
public partial class FleetDocumentTests
{
    private static readonly string Page = File.ReadAllText(Checkout.At("docs", "fleet.md"));

    [Fact]
    public void Every_kind_of_message_has_an_example_that_the_services_read()
    {
        var examples = Example().Matches(Page)
            .ToLookup(match => match.Groups["kind"].Value, match => Encoding.UTF8.GetBytes(match.Groups["json"].Value));
        Assert.Equal(["admission", "admissionAnswer", "heartbeat", "heartbeatAnswer"], examples.Select(kind => kind.Key).Order());
        Assert.All(examples["heartbeat"], json => Assert.True(FleetJson.TryRead(json, out Heartbeat? _, out var fault), fault));
        Assert.All(examples["heartbeatAnswer"], json => Assert.True(FleetJson.TryRead(json, out HeartbeatAnswer? _, out var fault), fault));
        Assert.All(examples["admission"], json => Assert.True(FleetJson.TryRead(json, out Admission? _, out var fault), fault));
        Assert.All(examples["admissionAnswer"], json => Assert.True(FleetJson.TryRead(json, out AdmissionAnswer? _, out var fault), fault));
    }

    [Fact]
    public void Its_numbers_are_those_of_the_code()
    {
        var settings = new RelayFleetOptions();
        Assert.Contains($"`signalling.relays.timeout` ({settings.Timeout.TotalSeconds} s", Page, StringComparison.Ordinal);
        var sizes = $"{Heartbeat.MaxBytes / 1024} KiB (heartbeat) or {Admission.MaxBytes / 1024} KiB (admission)";
        Assert.Contains(sizes, Page, StringComparison.Ordinal);
        Assert.Contains($"differs from its clock by more than {FleetSignature.WindowSeconds} s", Page, StringComparison.Ordinal);
        Assert.Contains($"An answer contains at most {HeartbeatAnswer.MaxRevocations}.", Page, StringComparison.Ordinal);
        Assert.Contains(FleetSignature.Header, Page, StringComparison.Ordinal);
    }

    [GeneratedRegex("```json (?<kind>[A-Za-z]+)\n(?<json>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
