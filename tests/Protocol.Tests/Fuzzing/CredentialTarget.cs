using System.Text;
using Causeway.Turn.Protocol;

namespace Causeway.Protocol.Tests.Fuzzing;

/// <summary>Usernames of time-limited credentials.</summary>
internal sealed class CredentialTarget : FuzzTarget
{
    public override string Name => "credential";

    public override IEnumerable<byte[]> Corpus =>
        new[] { "1800000000:alice", "1800000000", "1800000000:", "0:a:b:c", "1800000000:Zoë", "1800000000:名前" }
            .Select(Encoding.UTF8.GetBytes);

    public override void Run(ReadOnlySpan<byte> input)
    {
        if (!Credentials.TryReadUsername(input, out var expiry, out var subject)) return;

        Assert.True(expiry >= 0);
        Assert.False(subject.IsEmpty);
        Assert.True(input.IndexOf(subject) >= 0);
        Assert.True(input.Length <= Credentials.MaxUsernameBytes);
        Span<byte> password = stackalloc byte[Credentials.PasswordBytes];
        Credentials.WritePassword("a secret"u8, input, password);
        Assert.False(password.ContainsAnyExceptInRange((byte)'+', (byte)'z'));
    }
}
