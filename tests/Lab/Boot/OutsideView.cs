using System.Globalization;
using System.Text.Json;
using Causeway.Blueprint;
using Causeway.Lab.Network;
using Causeway.Lab.Reach;
using Microsoft.Playwright;

namespace Causeway.Lab.Boot;

/// <summary>
/// What people see of a booted host, from networks of their own. They trust what browsers trust: the authority that issued its certificate.
/// </summary>
internal sealed class OutsideView(Testbed testbed, Plan plan, BootReport report)
{
    private readonly Uri _page = plan.Address(plan.Settings.Domain!);
    private int _calls;

    /// <summary>The web page answers under its real name, over TLS that is trusted, in IPv4 and IPv6.</summary>
    public void Page(Host client)
    {
        foreach (var family in (string[])["4", "6"])
            Assert.Contains("<title>Causeway</title>", client.Run("curl", $"-{family}", "-sS", "--fail", "--cacert",
                testbed.Authority.TrustFile, _page.ToString()), StringComparison.Ordinal);
        report.Add("the web page under its real name, from behind a NAT", "answers over trusted TLS, in IPv4 and IPv6");
    }

    /// <summary><c>ops check</c> finds nothing wrong, over every transport at every address.</summary>
    public void Check(Host client)
    {
        var answer = client.Run(Programs.Executable("ops"), "check", _page.ToString(), "--json", "--trust", testbed.Authority.TrustFile);
        var checks = JsonDocument.Parse(answer).RootElement.GetProperty("checks").EnumerateArray()
            .Select(check => (Name: check.GetProperty("name").GetString()!, Target: check.GetProperty("target").GetString()!,
                Outcome: check.GetProperty("outcome").GetString())).ToList();
        Assert.All(checks, check => Assert.Equal("passed", check.Outcome));
        foreach (var way in (string[])["turn udp", "turn tcp", "turns tcp"])
        {
            var targets = checks.Where(check => check.Name == way).Select(check => check.Target).ToList();
            Assert.Equal(2, targets.Count);
            Assert.Single(targets, target => target.Contains("2001:db8:", StringComparison.Ordinal));
        }

        report.Add(
            "`ops check` from behind a NAT",
                string.Create(
                    CultureInfo.InvariantCulture,
                        $"all {checks.Count} checks passed: name, certificate, page, WebSocket, and the relay over UDP, TCP and TLS, "
                            + $"in IPv4 and IPv6"));
    }

    /// <summary>Two people call each other: they see each other, write, and pass a file on, by the path that is due.</summary>
    public async Task CallsAsync(IPlaywright playwright, Access left, Access right, bool relayOnly, string path)
    {
        var call = ++_calls;
        var result = await Caller.CallAsync(
            ChromiumPerson.StartAsync(playwright, testbed, testbed.Site($"left-{call}", left).Host($"ada-{call}")),
            ChromiumPerson.StartAsync(playwright, testbed, testbed.Site($"right-{call}", right).Host($"grace-{call}")),
            new(_page, $"r/room-{call}{(relayOnly ? "?relay" : "")}"),
            result => (result.LeftPath, result.RightPath) == (path, path));
        Assert.True(result.IsConnected);
        Assert.Equal((path, path), (result.LeftPath, result.RightPath));
        Assert.InRange(result.Frames, 1, int.MaxValue);
        report.Add($"two browsers, {left} – {right}{(relayOnly ? ", relay only (`?relay`)" : "")}", result.ToString());
    }
}
