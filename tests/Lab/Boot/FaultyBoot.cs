using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Causeway.Blueprint;
using Causeway.Blueprint.Ports;
using Causeway.Lab.Network;
using Causeway.Tests.Plans;

namespace Causeway.Lab.Boot;

/// <summary>
/// The plan's host and everything around it, with a client outside that sees whether it serves. What breaks is up to the test.
/// </summary>
internal sealed class FaultyBoot : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // Seconds before each attempt after the first, as lib.sh has them; more than there are in two minutes.
    private static readonly int[] Pauses = [2, 4, 8, 16, 32, 60, 60];

    private readonly Testbed _testbed;
    private readonly Host _client;

    private FaultyBoot(Testbed testbed, Plan plan, HostAccount aws)
    {
        (_testbed, Plan, Aws) = (testbed, plan, aws);
        _client = testbed.Site("home", Access.FriendlyNat).Host("client");
    }

    /// <summary>What the host should come to.</summary>
    public Plan Plan { get; }

    /// <summary>AWS; what it refuses or fails is up to the test.</summary>
    public HostAccount Aws { get; }

    /// <summary>The authority that certificates are asked of; away until it is started.</summary>
    public Task<AcmeAuthority> StartAuthorityAsync() => AcmeAuthority.StartAsync(_testbed);

    /// <summary>The machine.</summary>
    public BootedInstance Instance { get; private set; } = null!;

    /// <summary>Makes all of it, without power.</summary>
    /// <param name="scenario">What its logs are called.</param>
    /// <param name="keptCertificate">Whether the stack has a certificate already.</param>
    public static async Task<FaultyBoot> CreateAsync(string scenario, bool keptCertificate = true)
    {
        var testbed = Testbed.Create($"boot-{scenario}");
        try
        {
            var plan = BootPlan.Make();
            var boot = new FaultyBoot(testbed, plan, await HostAccount.StartAsync(plan));
            if (keptCertificate) boot.KeepCertificate();
            boot.Instance = await BootedInstance.CreateAsync(testbed, plan, boot.Aws);
            return boot;
        }
        catch
        {
            await testbed.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts a certificate where another host would have left it.</summary>
    public void KeepCertificate() =>
        Aws.Keep(Plan.Certificate.Secret!,
            BootPlan.Kept(_testbed.Authority.Issue(Plan.Certificate.Names[0], [.. Plan.Certificate.Names.Skip(1)])));

    /// <summary>
    /// Waits until the console reports that a step failed and why, and then when it is retried; and checks from outside that nothing
    /// serves.
    /// </summary>
    /// <param name="failure">The text of the line with FAILED.</param>
    /// <param name="step">The step.</param>
    /// <param name="program">The program that it belongs to.</param>
    /// <param name="times">How often it has to be tried again after that, each time after a longer pause.</param>
    /// <param name="hasPage">The page may answer meanwhile: it is the relay alone that is not there.</param>
    /// <returns>The line with FAILED.</returns>
    public async Task<string> FailsAsync(string failure, string step, string program, int times = 1, bool hasPage = false)
    {
        var line = await Instance.LineAsync($"causeway: FAILED: {failure}", Patience);
        var said = line[line.IndexOf("causeway: ", StringComparison.Ordinal)..].TrimEnd();
        var pauses = await PausesAsync(said, $"causeway: step '{step}' of {program} failed; retrying in ", times);
        Assert.Equal(Pauses.Take(pauses.Count), pauses);
        Assert.DoesNotContain("READY", Instance.Console, StringComparison.Ordinal);
        Assert.All(hasPage ? RelayEndPoints : [PageEndPoint, .. RelayEndPoints],
            there => Assert.False(_client.CanConnect(there, TimeSpan.FromSeconds(1)), $"{there} answers"));
        Assert.False(HasStun(TimeSpan.FromSeconds(1)), "the relay answers");
        return said;
    }

    // The pauses before each attempt, in seconds, once there were this many after the failure was reported.
    private async Task<IReadOnlyList<int>> PausesAsync(string said, string again, int times)
    {
        for (var waiting = Stopwatch.StartNew(); waiting.Elapsed < Patience;)
        {
            var lines = Instance.Console.Split('\n').ToList();
            var told = lines.FindIndex(line => line.Contains(said, StringComparison.Ordinal));
            if (lines.Skip(told).Count(line => line.Contains(again, StringComparison.Ordinal)) >= times)
                return [.. lines.Where(line => line.Contains(again, StringComparison.Ordinal))
                    .Select(line => int.Parse(line.Split(again)[1].Split(' ')[0], CultureInfo.InvariantCulture))];
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        }

        throw new TimeoutException(
            $"after '{said}' the console did not print '{again}' {times} times within {Patience.TotalSeconds} s:\n{Instance.Console}");
    }

    /// <summary>
    /// Waits until the host reports ready, checks from outside that it is, and that no secret is on the console.
    /// </summary>
    /// <returns>How long after power-on.</returns>
    public async Task<TimeSpan> ServesAsync()
    {
        await Instance.LineAsync($"causeway: READY generation {Plan.Generation}", Patience);
        var after = Instance.SincePowerOn.Elapsed;
        Assert.Contains("<title>Causeway</title>", _client.Run(
            "curl", "-sS", "--fail", "--cacert", _testbed.Authority.TrustFile, $"https://{Names.Domain}/"), StringComparison.Ordinal);
        Assert.All([PageEndPoint, .. RelayEndPoints],
            there => Assert.True(_client.CanConnect(there, TimeSpan.FromSeconds(2)), $"{there} does not answer"));
        Assert.True(HasStun(TimeSpan.FromSeconds(2)), "the relay does not answer");
        var role = Aws.Metadata.RoleCredentials;
        Assert.All((string[])[role.SecretAccessKey, role.Token, Plan.TurnSecret.Reveal(), "PRIVATE KEY"], secret =>
            Assert.DoesNotContain(secret, Instance.Console, StringComparison.Ordinal));
        return after;
    }

    private IPEndPoint PageEndPoint => new(Instance.PageIPv4, 443);

    // Over TCP and TLS.
    private IEnumerable<IPEndPoint> RelayEndPoints =>
        Plan.Settings.Ports.Transports.Where(offer => offer.Transport != Transport.Udp)
            .Select(offer => new IPEndPoint(Instance.RelayIPv4, offer.Port));

    // A Binding request over UDP (RFC 8489 §5): the least that a relay answers, and without an account.
    private bool HasStun(TimeSpan within)
    {
        using var socket = _client.Udp();
        socket.ReceiveTimeout = (int)within.TotalMilliseconds;
        byte[] request = [0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xA4, 0x42, .. RandomNumberGenerator.GetBytes(12)];
        try
        {
            socket.SendTo(request,
                new IPEndPoint(Instance.RelayIPv4, Plan.Settings.Ports.Transports.Single(offer => offer.Transport == Transport.Udp).Port));
            var answer = new byte[256];
            return socket.Receive(answer) > 20 && answer.AsSpan(8, 12).SequenceEqual(request.AsSpan(8));
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Instance.DisposeAsync();
        await Aws.DisposeAsync();
        await _testbed.DisposeAsync();
    }
}
