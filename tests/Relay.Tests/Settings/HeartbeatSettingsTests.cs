using Causeway.Relay.Settings;


namespace Causeway.Relay.Tests.Settings;

public sealed class HeartbeatSettingsTests : IDisposable
{
    private readonly string _keys = Path.GetTempFileName();

    public void Dispose() => File.Delete(_keys);

    [Fact]
    public void Without_somebody_to_tell_nothing_is_needed()
    {
        var mistakes = new List<string>();
        Assert.Null(HeartbeatSettings.Parse(new(), mistakes));
        Assert.Empty(mistakes);
    }

    [Fact]
    public void The_first_key_signs_and_the_machine_lends_its_name()
    {
        File.WriteAllText(_keys, "\n the key of now, forty-three characters long \nthe key before, forty-three characters long\n");
        var mistakes = new List<string>();
        var read = HeartbeatSettings.Parse(
            new() { Urls = ["http://127.0.0.1:9479"], KeysFile = _keys, TurnUrls = ["turn:127.0.0.1"] }, mistakes)!;
        Assert.Empty(mistakes);
        Assert.Equal(("the key of now, forty-three characters long", Environment.MachineName), (read.Key, read.Relay));
    }

    [Fact]
    public void Every_mistake_is_said_and_no_key_is()
    {
        File.WriteAllText(_keys, "too short");
        var mistakes = new List<string>();
        HeartbeatSettings.Parse(
            new()
            {
                Urls = ["http://192.0.2.1:9479", "https://call.example.org/path", "nonsense"],
                KeysFile = _keys,
                Id = "a b",
                Generation = "c/d",
                StunUrls = ["turn:relay.example.org"],
                Interval = TimeSpan.Zero,
            },
            mistakes);
        Assert.Equal(
            [
                "relay.heartbeat.urls[0]", "relay.heartbeat.urls[1]", "relay.heartbeat.urls[2]", "relay.heartbeat.keysFile",
                "relay.heartbeat.id",
                "relay.heartbeat.generation", "relay.heartbeat.stunUrls[0]", "relay.heartbeat.turnUrls", "relay.heartbeat.interval",
            ],
            mistakes.Select(mistake => mistake.Split(':')[0]));
        Assert.DoesNotContain(mistakes, mistake => mistake.Contains("too short", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_of_keys_that_cannot_be_read_is_named()
    {
        var mistakes = new List<string>();
        HeartbeatSettings.Parse(
            new() { Urls = ["https://call.example.org"], KeysFile = _keys + ".gone", TurnUrls = ["turn:127.0.0.1"] }, mistakes);
        Assert.StartsWith($"relay.heartbeat.keysFile: {_keys}.gone cannot be read", Assert.Single(mistakes), StringComparison.Ordinal);
    }
}
