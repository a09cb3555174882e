using System.Diagnostics;
using Causeway.Turn.Protocol.Stun;

namespace Causeway.Protocol.Tests.Fuzzing;

/// <summary>
/// A short run of every target over changed inputs, other ones each time. <c>script/fuzz</c> runs them for hours, with inputs that are
/// chosen by the code that they reach.
/// </summary>
public class FuzzingTests
{
    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Every_valid_input_is_handled(string name)
    {
        var target = FuzzTarget.Named(name);
        Assert.All(target.Corpus, input => target.Run(input));
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Changed_inputs_are_handled(string name)
    {
        var target = FuzzTarget.Named(name);
        FuzzRun.Run(target, Random.Shared.Next(), target.ShortRun);
    }

    [Fact]
    public void The_same_seed_gives_the_same_inputs()
    {
        var (one, other) = (new Mutations(FuzzTarget.Named("message").Corpus, 7), new Mutations(FuzzTarget.Named("message").Corpus, 7));
        for (var i = 0; i < 1000; i++) Assert.Equal(one.Next().ToArray(), other.Next().ToArray());
    }

    [Fact]
    public void An_input_that_breaks_a_target_is_reported_with_its_bytes()
    {
        var failure = Assert.Throws<FuzzFailureException>(() => FuzzRun.Run(new Broken(), seed: 1, inputs: 1_000_000));

        var input = Convert.FromHexString(failure.Input);
        Assert.Throws<UnreachableException>(() => new Broken().Run(input));
    }

    /// <summary>A reader with a mistake that only some lengths show.</summary>
    private sealed class Broken : FuzzTarget
    {
        public override string Name => "broken";

        public override IEnumerable<byte[]> Corpus => [Vector.Read("chromium-binding.hex")];

        public override void Run(ReadOnlySpan<byte> input)
        {
            if (input.Length > StunConstants.HeaderLength && input[2] == 0x7F) throw new UnreachableException();
        }
    }
}
