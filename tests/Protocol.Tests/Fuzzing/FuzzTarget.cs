namespace Causeway.Protocol.Tests.Fuzzing;

/// <summary>Code that reads bytes from the network, with what must be true whatever the bytes are.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Gets all targets.</summary>
    public static IReadOnlyList<FuzzTarget> All { get; } =
        [new MessageTarget(), new StreamTarget(), new ProxyTarget(), new CredentialTarget(), new RelayTarget(), new SequenceTarget()];

    /// <summary>Gets the name, for the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Gets valid inputs to begin with.</summary>
    public abstract IEnumerable<byte[]> Corpus { get; }

    /// <summary>Gets the number of inputs that take about a second.</summary>
    public virtual int ShortRun => 20_000;

    /// <summary>Runs one input, independently of earlier ones. Throws when something that must be true is not.</summary>
    public abstract void Run(ReadOnlySpan<byte> input);

    public static FuzzTarget Named(string name) => All.Single(target => target.Name == name);
}
