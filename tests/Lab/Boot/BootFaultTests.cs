using System.Text.RegularExpressions;

namespace Causeway.Lab.Boot;

/// <summary>
/// The plan's host boots while one thing is broken: it reports that on the console and retries, serves nothing until then, and
/// comes up by itself when the fault ends. <c>script/lab boot-faults</c>, and with the rest of this folder <c>script/lab boot</c>.
/// </summary>
[Collection(Booting.Name)]
public sealed partial class BootFaultTests(BootReport report)
{
    private const string AskedAgain = "asked again after 2 s, 4 s, ... a minute";
    private static readonly byte[] OtherBytes = new byte[4096];

    [Fact(Explicit = true)]
    public async Task A_program_with_another_hash_is_not_unpacked_and_the_right_one_serves()
    {
        await using var boot = await FaultyBoot.CreateAsync("other-program");
        var relay = boot.Plan.Buckets[0].Artifacts.Single(artifact => artifact.Service == "relay");
        var right = boot.Aws.Bucket.Versions.Single(version => version.Key == relay.Key).Content.ToArray();
        boot.Aws.Bucket.Put(relay.Key, OtherBytes);

        boot.Instance.PowerOn();
        var said = await boot.FailsAsync($"{relay.Key} does not have the hash {relay.Sha256}", "relay_program", "host");
        boot.Instance.Run("test ! -e /opt/causeway/relay");

        boot.Aws.Bucket.Put(relay.Key, right);
        await Report("the bucket gives other bytes for a program", said, boot);
    }

    [Fact(Explicit = true)]
    public async Task A_host_archive_with_another_hash_is_not_unpacked_and_the_right_one_serves()
    {
        await using var boot = await FaultyBoot.CreateAsync("other-archive");
        var host = boot.Plan.Buckets[0].Artifacts.Single(artifact => artifact.Service == "host");
        var right = boot.Aws.Bucket.Versions.Single(version => version.Key == host.Key).Content.ToArray();
        boot.Aws.Bucket.Put(host.Key, OtherBytes);

        boot.Instance.PowerOn();
        var said = await boot.FailsAsync($"{host.Key} does not have the hash {host.Sha256}", "files", "bootstrap");
        boot.Instance.Run("test ! -e /etc/causeway/units");

        boot.Aws.Bucket.Put(host.Key, right);
        await Report("the bucket gives other bytes for the host's files", said, boot);
    }

    [Fact(Explicit = true)]
    public async Task A_secret_that_is_refused_and_then_out_of_reach_is_asked_for_until_it_is_given()
    {
        await using var boot = await FaultyBoot.CreateAsync("secrets");
        var secret = boot.Plan.Secrets.First(candidate => candidate.File is not null).Name;
        var refusal = boot.Aws.Injected.Refuse("secretsmanager:GetSecretValue");

        boot.Instance.PowerOn();
        var refused = await boot.FailsAsync(
            $"cannot read secret {secret}: curl: (22) The requested URL returned error: 400 AccessDeniedException: ", "secret_files",
                "host", times: 2);
        string unreachable;
        using (boot.Instance.CutOff(boot.Instance.AddressOf(boot.Aws.SecretsName)))
        {
            refusal.End();
            // Found soon, and not when the kernel gives the connection up.
            unreachable = await boot.FailsAsync($"cannot read secret {secret}: curl: (28) ", "secret_files", "host");
        }

        report.Add(new BootFault("Secrets Manager refuses the secret", refused, AskedAgain));
        await Report("then nothing gets through to Secrets Manager", unreachable, boot);
    }

    [Fact(Explicit = true)]
    public async Task Without_an_authority_there_is_no_certificate_and_nothing_serves_until_it_answers()
    {
        await using var boot = await FaultyBoot.CreateAsync("authority", keptCertificate: false);
        var authority = await boot.StartAuthorityAsync();
        string said;
        using (boot.Instance.CutOff(authority.Address))
        {
            boot.Instance.PowerOn();
            said = await boot.FailsAsync(
                $"the authority does not answer at {AcmeAuthority.Directory}: curl: (28) ", "certificate", "certificate");
            Assert.Equal(0, authority.Orders);
        }

        await Report("the ACME authority is away, and no certificate is kept", said, boot);
        Assert.Equal(1, authority.Orders);
    }

    [Fact(Explicit = true)]
    public async Task Metadata_without_a_token_and_then_without_an_answer_is_asked_for_until_it_comes()
    {
        await using var boot = await FaultyBoot.CreateAsync("metadata");
        var refusals = 2;
        // cloud-init meets it too, and has its own way of asking again.
        boot.Aws.Metadata.GivesNoToken = request => IsOfScripts(request) || Interlocked.Decrement(ref refusals) >= 0;

        boot.Instance.PowerOn();
        var refused = await boot.FailsAsync(
            "the metadata service returned no session token: curl: (22) The requested URL returned error: 503", "files", "bootstrap");

        // The answer comes after the host has given it up.
        var answer = new TaskCompletionSource();
        boot.Aws.Metadata.WaitsFor = request => IsOfScripts(request) ? answer.Task : Task.CompletedTask;
        boot.Aws.Metadata.GivesNoToken = _ => false;
        var unanswered = await boot.FailsAsync("the metadata service returned no session token: curl: (28) ", "files", "bootstrap");
        answer.SetResult();

        report.Add(new BootFault("the metadata service gives no token", refused, AskedAgain));
        await Report("then it does not answer within 15 s", unanswered, boot);

        static bool IsOfScripts(AwsRequest request) => request.Header("user-agent").StartsWith("curl/", StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task A_program_that_the_disk_has_no_room_for_is_taken_when_there_is_room()
    {
        await using var boot = await FaultyBoot.CreateAsync("disk");

        boot.Instance.PowerOn(diskMegabytes: 80);
        var relay = boot.Plan.Buckets[0].Artifacts.Single(artifact => artifact.Service == "relay");
        var said = await boot.FailsAsync($"cannot unpack {relay.Key} with ", "relay_program", "host");
        Assert.Matches(@"with \d+K? of disk space left: tar: ", said);
        boot.Instance.Run("test ! -e /opt/causeway/relay");

        boot.Instance.ResizeDisk(megabytes: 1000);
        await Report("the disk is full before the programs are on it", said, boot);
    }

    [Fact(Explicit = true)]
    public async Task A_host_that_loses_power_before_it_was_ready_comes_up_when_it_has_power()
    {
        await using var boot = await FaultyBoot.CreateAsync("power");
        var outage = boot.Aws.Injected.Fail("s3:GetObject", 503, "ServiceUnavailable", first: int.MaxValue);
        boot.Instance.PowerOn();
        var host = boot.Plan.Buckets[0].Artifacts.Single(artifact => artifact.Service == "host");
        var said = await boot.FailsAsync(
            $"cannot fetch {host.Key}: curl: (22) The requested URL returned error: 503 ServiceUnavailable: ", "files", "bootstrap");

        await boot.Instance.LosePowerAsync();
        outage.End();
        boot.Instance.PowerOn();

        await Report("S3 is out of order, and power is lost while the host waits for its files", said, boot);
    }

    // A security update of systemd does it.
    [Fact(Explicit = true)]
    public async Task A_restart_of_networkd_takes_no_address_away()
    {
        await using var boot = await FaultyBoot.CreateAsync("networkd");
        boot.Instance.PowerOn();
        await boot.ServesAsync();
        const string addresses = "ip -o address show dev eth0 scope global | awk '{ print $4 }' | sort";
        var before = boot.Instance.Run(addresses);

        boot.Instance.Run(
            "systemctl restart systemd-networkd && /usr/lib/systemd/systemd-networkd-wait-online --interface eth0 --timeout 30");

        Assert.Equal(before, boot.Instance.Run(addresses));
        await boot.ServesAsync();
    }

    [Fact(Explicit = true)]
    public async Task A_service_that_does_not_start_is_named_with_the_last_line_that_it_wrote()
    {
        await using var boot = await FaultyBoot.CreateAsync("service");
        var secret = boot.Plan.Secrets.First(candidate => candidate.File is not null).Name;
        var right = boot.Aws.Secret(secret);
        boot.Aws.Keep(secret, "short");

        boot.Instance.PowerOn();
        var said = await boot.FailsAsync("the relay did not pass its self-test over every transport: ", "relay", "ready", hasPage: true);
        Assert.Contains("; last log line of relay: relay.secretsFile: ", said, StringComparison.Ordinal);

        await boot.Instance.PowerOffAsync();
        boot.Aws.Keep(secret, right);
        boot.Instance.PowerOn();
        var ready = await boot.ServesAsync();
        report.Add(new BootFault("a secret that the relay does not take", said,
            FormattableString.Invariant($"not ready; with the right secret ready {ready.TotalSeconds:F0} s after the next power-on")));
    }

    // Hashes change with every build and are noise in a document.
    private async Task Report(string fault, string console, FaultyBoot boot) =>
        report.Add(new BootFault(fault, Hash().Replace(console, "…"),
            FormattableString.Invariant($"ready by itself {(await boot.ServesAsync()).TotalSeconds:F0} s after power-on")));

    [GeneratedRegex("[0-9a-f]{64}")]
    private static partial Regex Hash();
}
