using Causeway.Blueprint.Settings;

namespace Causeway.Publishing.Tests;

/// <summary>What was published is used again until something that it was made from changes.</summary>
public sealed class ReuseTests : IDisposable
{
    private static readonly string[] Both = ["Causeway.Relay", "Causeway.Signalling"];

    private readonly ScratchCheckout _checkout = new();

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public void Unchanged_sources_are_not_published_again()
    {
        var first = _checkout.Publish();
        Assert.Equal(Both, _checkout.Published());

        Assert.Equal(first, _checkout.Publish());
        Assert.Empty(_checkout.Published());
    }

    [Theory]
    [InlineData("signalling/Program.cs")]
    [InlineData("signalling/Rooms/Room.cs")]
    [InlineData("signalling/wwwroot/index.html")]
    [InlineData("signalling/Causeway.Signalling.csproj")]
    public void A_change_in_a_program_publishes_it_alone(string path)
    {
        var before = _checkout.Publish();
        _ = _checkout.Published();
        _checkout.Write(path, path.EndsWith("csproj", StringComparison.Ordinal) ? "<Project><!-- alone --></Project>" : "// changed");

        var after = _checkout.Publish();
        Assert.Equal(["Causeway.Signalling"], _checkout.Published());
        Assert.Equal(before[0], after[0]);
    }

    [Theory]
    [InlineData("turn/Relay/Program.cs")]
    [InlineData("turn/Protocol/Stun.cs")]
    [InlineData("global.json")]
    [InlineData("Directory.Packages.props")]
    [InlineData("Directory.Build.targets")]
    [InlineData("turn/Directory.Build.props")]
    [InlineData("infra/Publishing/Archive.cs")]
    [InlineData("infra/Blueprint/Storage/DeterministicTar.cs")]
    public void A_change_in_what_both_are_made_from_publishes_both(string path)
    {
        _checkout.Publish();
        _ = _checkout.Published();
        _checkout.Write(path, "<Project><!-- changed --></Project>");

        _checkout.Publish();
        Assert.Equal(Both, _checkout.Published());
    }

    [Theory]
    [InlineData("tests/Relay.Tests/Tests.cs")]
    [InlineData("infra/Program.cs")]
    [InlineData("docs/page.md")]
    [InlineData("turn/Client/Client.cs")]
    [InlineData("signalling/bin/left.dll")]
    [InlineData("signalling/obj/left.json")]
    [InlineData("signalling/.idea/workspace.xml")]
    public void A_change_elsewhere_publishes_nothing(string path)
    {
        _checkout.Publish();
        _ = _checkout.Published();
        _checkout.Write(path, "// changed");

        _checkout.Publish();
        Assert.Empty(_checkout.Published());
    }

    [Fact]
    public void A_source_that_is_gone_publishes_its_program()
    {
        _checkout.Publish();
        _ = _checkout.Published();
        File.Delete(Path.Combine(_checkout.Root, "signalling/wwwroot/index.html"));

        _checkout.Publish();
        Assert.Equal(["Causeway.Signalling"], _checkout.Published());
    }

    [Theory, InlineData("10.0.101", "10.0.1"), InlineData("10.0.100", "10.0.2")]
    public void Another_version_of_the_SDK_or_the_runtime_publishes_both(string sdk, string runtime)
    {
        _checkout.Publish();
        _ = _checkout.Published();
        _checkout.Tool("versions", ScratchCheckout.Versions(sdk, runtime));

        _checkout.Publish();
        Assert.Equal(Both, _checkout.Published());
    }

    [Fact]
    public void Another_processor_is_published_beside_the_first()
    {
        var x64 = _checkout.Publish();
        var arm64 = _checkout.Publish(Architecture.Arm64);
        Assert.Equal([.. Both, .. Both], _checkout.Published());
        Assert.All(x64.Zip(arm64), pair => Assert.NotEqual(pair.First.Path, pair.Second.Path));

        Assert.Equal(x64, _checkout.Publish());
        Assert.Empty(_checkout.Published());
    }

    public static TheoryData<string, Action<string>> Corruptions => new()
    {
        { "another byte", path => { var bytes = File.ReadAllBytes(path); bytes[^1] ^= 1; File.WriteAllBytes(path, bytes); } },
        { "cut short", path => { using var file = File.OpenWrite(path); file.SetLength(file.Length / 2); } },
        { "gone", File.Delete },
        { "without its note", path => File.Delete(path + ".json") },
        { "with half a note", path => File.WriteAllText(path + ".json", "{ \"Key\": ") },
        { "with another note", path => File.WriteAllText(path + ".json", "null") },
    };

    [Theory(DisableDiscoveryEnumeration = true), MemberData(nameof(Corruptions))]
    public void An_archive_that_is_not_what_was_written_is_published_again(string name, Action<string> corrupt)
    {
        var before = _checkout.Publish();
        _ = _checkout.Published();
        corrupt(before[0].Path!);

        var after = _checkout.Publish();
        Assert.True(_checkout.Published() is ["Causeway.Relay"], $"an archive that is {name} is not published again");
        Assert.Equal(before, after);
    }

    [Fact]
    public void A_publish_that_failed_is_not_taken_for_done()
    {
        _checkout.Publish();
        _checkout.Write("turn/Relay/Program.cs", "// with a mistake");
        _checkout.Tool("mistake", "Program.cs(1,1): error CS1002: ; expected");
        var failed = Assert.Throws<PublishException>(() => _checkout.Publish());
        Assert.Contains("publish turn/Relay/Causeway.Relay.csproj", failed.Message, StringComparison.Ordinal);
        Assert.Contains("error CS1002: ; expected", failed.Message, StringComparison.Ordinal);
        _ = _checkout.Published();

        // The very sources that were published before.
        _checkout.Write("turn/Relay/Program.cs", "// the relay");
        Assert.Throws<PublishException>(() => _checkout.Publish());
        Assert.Equal(["Causeway.Relay"], _checkout.Published());
    }

    [Fact]
    public void Sources_that_change_while_they_are_published_are_refused()
    {
        _checkout.Tool("meanwhile", $"#!/bin/sh\necho '// and more' >> '{_checkout.Root}/turn/Relay/Program.cs'\n");
        var refused = Assert.Throws<PublishException>(() => _checkout.Publish());
        Assert.Contains("turn/Relay/Causeway.Relay.csproj: sources changed while relay was", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_publishers_take_turns()
    {
        var results = new IReadOnlyList<Blueprint.Storage.Artifact>[4];
        var threads = Enumerable.Range(0, results.Length).Select(index => new Thread(() => results[index] = _checkout.Publish())).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(Both, _checkout.Published());
        Assert.All(results, result => Assert.Equal(results[0], result));
    }
}
