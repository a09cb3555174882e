using System.Text.Json;
using Causeway.Ops.Tests.Stacks;

namespace Causeway.Ops.Tests.Account;

/// <summary><c>ops plan</c> with credentials, which queries the tests' account over HTTP.</summary>
public sealed class PlanWithAccountTests : IAsyncLifetime
{
    private const string Settings = PlannedStack.Settings + "  causeway:image: debian-13-amd64-20260914-2601\n";

    private readonly PulumiRecorder _pulumi = new();
    private AwsAccount _account = null!;

    public async ValueTask InitializeAsync()
    {
        _account = await AwsAccount.StartAsync();
        _account.Publish("debian-13-amd64-20260914-2601", "136693071363", "ami-0123", "x86_64");
        _account.AddZone("Z0OTHER", "example.net");
        _account.AddZone("Z0PRIVATE", "example.org", isPrivate: true);
        _account.AddZone("Z0EXAMPLE", "example.org");
        _pulumi.Write("Pulumi.dev.yaml", Settings);
    }

    public async ValueTask DisposeAsync()
    {
        await _account.DisposeAsync();
        _pulumi.Dispose();
    }

    // Enough on a busy machine.
    private const string Patience = "120";

    // Also checks that the requests were valid.
    private async Task<Run> Plan(params string[] arguments)
    {
        var run = await PlanWith(_account.Environment, arguments);
        Assert.Empty(_account.Faults);
        return run;
    }

    private Task<Run> PlanWith(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        _pulumi.OpsWith(environment, ["plan", "dev", "--timeout", Patience, .. arguments]);

    // The endpoint without credentials, or with others.
    private Dictionary<string, string?> Endpoint(params (string Name, string Value)[] more) =>
        more.Append(("AWS_ENDPOINT_URL", _account.Address)).ToDictionary(one => one.Item1, one => (string?)one.Item2);

    private Dictionary<string, string?> Strangers => Endpoint(("AWS_ACCESS_KEY_ID", "AKIAOTHER"), ("AWS_SECRET_ACCESS_KEY", "other"));

    private static Dictionary<string, string> Answers(Run run, string state)
    {
        using var json = JsonDocument.Parse(run.Output);
        return json.RootElement.GetProperty("account").GetProperty("answers").EnumerateArray()
            .Where(answer => answer.GetProperty("state").GetString() == state)
            .ToDictionary(answer => answer.GetProperty("about").GetString()!, answer => answer.GetProperty("text").GetString()!);
    }

    private static string? NotAsked(Run run)
    {
        using var json = JsonDocument.Parse(run.Output);
        return json.RootElement.GetProperty("account").TryGetProperty("notAsked", out var reason) ? reason.GetString() : null;
    }

    [Fact]
    public async Task The_results_of_the_account_are_shown_with_the_plan()
    {
        await using var run = await Plan("--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["image"] = "debian-13-amd64-20260914-2601 exists (ami-0123)",
                ["instanceType"] = "t3.small is offered in us-east-1a",
                ["hostedZone"] = "example.org exists (Z0EXAMPLE)",
                ["domain"] = "call.example.org has no conflicting records",
                ["Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"] = "4 of 32 during an update",
                ["EC2-VPC Elastic IPs"] = "3 of 5 during an update",
                ["VPCs per Region"] = "2 of 5 during an update",
                ["Inbound or outbound rules per security group"] = "7 of 60 during an update",
            },
            Answers(run, "fits"));
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(AwsAccount.Id, json.RootElement.GetProperty("account").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Tables_show_the_account_and_its_quotas()
    {
        _account.AddAddress("198.51.100.1", null);
        await using var run = await Plan();
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"Account {AwsAccount.Id}", run.Output, StringComparison.Ordinal);
        Assert.Contains("debian-13-amd64-20260914-2601 exists (ami-0123)", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"│ EC2-VPC Elastic IPs +│ 2 +│ 3 +│ 5 +│ 5 +│ 1 +│", run.Output);
    }

    [Fact]
    public async Task The_deployers_policy_is_sufficient()
    {
        _account.AddRecord("call.example.org", "A", "192.0.2.1");
        await using var run = await Plan("--json");
        await using var policy = await Plan("--policy");
        using var json = JsonDocument.Parse(policy.Output);
        var allowed = json.RootElement.GetProperty("Statement").EnumerateArray()
            .SelectMany(statement => statement.GetProperty("Action").EnumerateArray()).Select(action => action.GetString()!).ToHashSet();

        var asked = _account.Asked.Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.Equal(
            [
                "ec2:DescribeAddresses", "ec2:DescribeImages", "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes",
                "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs",
                "route53:ListHostedZonesByName", "route53:ListResourceRecordSets",
                "servicequotas:GetAWSDefaultServiceQuota", "servicequotas:GetServiceQuota", "sts:GetCallerIdentity",
            ],
            asked);
        Assert.All(asked, action => Assert.Contains(action, allowed));
    }

    [Fact]
    public async Task A_plan_that_cannot_be_deployed_is_an_error_with_settings_and_fixes()
    {
        _account.Ec2.Images.Remove(_account.Ec2.Images.All.Single());
        _account.Ec2.Offered["t3.small"] = ["us-east-1c"];
        _account.AddRecord("call.example.org", "CNAME", "www.example.net");
        _account.Quotas["L-0263D0A3"] = 2;
        await using var run = await Plan("--json");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(["EC2-VPC Elastic IPs", "domain", "image", "zone"], Answers(run, "wrong").Keys.Order(StringComparer.Ordinal));
        Assert.StartsWith(
            $"ops: {_pulumi.Project}/Pulumi.dev.yaml: account {AwsAccount.Id} can't have this stack:\n", run.Errors,
            StringComparison.Ordinal);
        Assert.All(
            [
                "\n  image: debian-13-amd64-20260914-2601 was not found among the images of account 136693071363 in us-east-1.",
                "pulumi config set causeway:image NAME",
                "\n  zone: t3.small is not offered in us-east-1a, but in us-east-1c; choose one of these: pulumi config set ",
                "\n  domain: call.example.org has records that don't belong to this stack in the hosted zone example.org: CNAME www",
                "\n  EC2-VPC Elastic IPs: the account's limit is 2 in us-east-1, and an update needs 3",
                "--quota-code L-0263D0A3 --desired-value 3",
            ],
            text => Assert.Contains(text, run.Errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_instance_type_and_a_hosted_zone_that_do_not_exist_are_reported_with_their_settings()
    {
        _account.Ec2.Offered.Clear();
        foreach (var zone in _account.Zones.All.Where(zone => !zone.Private)) _account.Zones.Remove(zone);
        await using var run = await Plan();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("instanceType: t3.small is not offered in this region; choose another type", run.Errors, StringComparison.Ordinal);
        Assert.Contains("hostedZone: example.org was not found among the account's public", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("route53:ListResourceRecordSets", _account.Asked);
    }

    [Fact]
    public async Task The_use_by_others_counts_and_this_stacks_own_use_counts_once()
    {
        // With several pages.
        _account.PageSize = 5;
        for (var i = 0; i < 12; i++) _account.AddInstance("m7i.large", 1, 2);
        _account.AddInstance("t3.small", 1, 2, stack: "dev");
        _account.AddInstance("t3.small", 1, 2, state: "stopped");
        _account.AddInstance("c7i.8xlarge", 16, 2, lifecycle: "spot");
        _account.AddInstance("m7i.large", 1, 2, tenancy: "host");
        _account.AddInstance("g4dn.xlarge", 2, 2);
        foreach (var (ip, stack) in (IEnumerable<(string, string?)>)
            [("203.0.113.1", "dev"), ("203.0.113.2", "dev"), ("198.51.100.1", "other"), ("198.51.100.2", null)])
        {
            _account.AddAddress(ip, stack);
        }
        _account.AddVpc(null);
        _account.AddVpc("dev");
        await using var run = await Plan("--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        using var json = JsonDocument.Parse(run.Output);
        var quotas = json.RootElement.GetProperty("account").GetProperty("quotas").EnumerateArray()
            .ToDictionary(quota => quota.GetProperty("code").GetString()!);
        Assert.Equal((32, 24, 2, 28), Row("L-1216C47A"));
        Assert.Equal((5, 2, 2, 5), Row("L-0263D0A3"));
        Assert.Equal((5, 1, 1, 3), Row("L-F678F1CE"));

        (int, int, int, int) Row(string code) =>
            (Number(code, "limit"), Number(code, "byOthers"), Number(code, "own"), Number(code, "atPeak"));

        int Number(string code, string name) => quotas[code].GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task An_update_that_needs_more_addresses_than_are_left_is_an_error()
    {
        for (var number = 1; number <= 3; number++) _account.AddAddress($"198.51.100.{number}", null);
        await using var run = await Plan();
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(
            "EC2-VPC Elastic IPs: the account's limit is 5 in us-east-1, and an update needs 6: 3 in use by others and 3 for this stack",
            run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_records_of_this_stack_are_not_an_error()
    {
        _account.AddAddress("203.0.113.2", "dev");
        var own = _account.AddInterface("2001:db8::b", "dev");
        _account.AddInterface("2001:db8::c", "other");
        _account.AddRecord("call.example.org", "A", "203.0.113.2");
        _account.AddRecord("call.example.org", "AAAA", "2001:db8::b");
        _account.AddRecord("a.call.example.org", "A", "192.0.2.1");
        await using var run = await Plan("--json");
        Assert.Equal("call.example.org has this stack's records", Answers(run, "fits")["domain"]);

        _account.Ec2.Interfaces.Remove(own);
        await using var other = await Plan("--json");
        Assert.Contains("AAAA 2001:db8::b", Answers(other, "wrong")["domain"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_permissions_are_named_and_are_not_an_error()
    {
        string[] needed =
        [
            "ec2:DescribeImages", "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeInstances",
            "ec2:DescribeAddresses", "route53:ListHostedZonesByName", "servicequotas:GetServiceQuota",
        ];
        _account.Refused.UnionWith(needed);
        await using var run = await Plan("--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Empty(Answers(run, "wrong"));
        Assert.All(needed, right => Assert.Contains($"unknown: missing permission {right}", run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_does_not_respond_is_not_an_error()
    {
        _account.Silent.Add("ec2:DescribeImages");
        await using var run = await _pulumi.OpsWith(_account.Environment, "plan", "dev", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Matches("^unknown: ec2:DescribeImages: (timed out|can't reach AWS)", Answers(run, "unknown")["image"]);
    }

    [Fact]
    public async Task A_list_with_too_many_pages_is_unknown()
    {
        _account.PageSize = 5;
        for (var i = 0; i < 51; i++) _account.AddVpc(null);
        await using var run = await Plan("--json");
        Assert.Equal("unknown: the list has more than 10 pages", Answers(run, "unknown")["VPCs per Region"]);
    }

    [Theory]
    [InlineData("aws:allowedAccountIds:\n    - \"210987654321\"", "which isn't in aws:allowedAccountIds (210987654321); ")]
    [InlineData("aws:forbiddenAccountIds:\n    - \"123456789012\"", "which is in aws:forbiddenAccountIds; ")]
    public async Task An_account_that_the_settings_exclude_is_not_queried(string setting, string reason)
    {
        _pulumi.Write("Pulumi.dev.yaml", $"{Settings}  {setting}\n");
        await using var run = await Plan("--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.StartsWith($"the credentials belong to account 123456789012, {reason}", NotAsked(run), StringComparison.Ordinal);
        Assert.Equal(["sts:GetCallerIdentity"], _account.Asked);
    }

    [Fact]
    public async Task The_roles_of_the_settings_are_assumed_one_after_the_other()
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings + """
              aws:allowedAccountIds: ["123456789012"]
              aws:assumeRoles:
                - roleArn: arn:aws:iam::123456789012:role/jump
                - roleArn: arn:aws:iam::123456789012:role/deploy-with-external-id
                  externalId: calls
                  sessionName: calls
                  duration: 1h30m

            """);
        await using var run = await Plan("--json");
        Assert.Null(NotAsked(run));
        Assert.Equal(
            ["arn:aws:iam::123456789012:role/jump causeway-ops-plan", "arn:aws:iam::123456789012:role/deploy-with-external-id calls"],
            _account.Roles);
        Assert.Equal(4 + 4, Answers(run, "fits").Count);
    }

    [Fact]
    public async Task The_account_is_not_queried_if_a_role_cannot_be_assumed()
    {
        _pulumi.Write(
            "Pulumi.dev.yaml", Settings + "  aws:assumeRoles: [{ roleArn: \"arn:aws:iam::123456789012:role/deploy-with-external-id\" }]\n");
        await using var run = await Plan("--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("can't use the credentials: missing permission sts:AssumeRole", NotAsked(run));
        Assert.Empty(_account.Asked);
    }

    [Fact]
    public async Task The_profile_of_the_settings_precedes_the_environment()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("keys"), $"""
            [calls]
            aws_access_key_id = {_account.User.AccessKeyId}
            aws_secret_access_key = {_account.User.SecretAccessKey}

            """);
        _pulumi.Write("Pulumi.dev.yaml", $"{Settings}  aws:profile: calls\n  aws:sharedCredentialsFiles: [\"{folder.At("keys")}\"]\n");
        await using var run = await PlanWith(Strangers, "--json");
        Assert.Null(NotAsked(run));
        Assert.Empty(_account.Faults);
    }

    [Theory]
    [InlineData("role_arn = arn:aws:iam::123456789012:role/deploy\nsource_profile = user", "arn:aws:iam::123456789012:role/deploy ")]
    [InlineData("credential_process = cat FOLDER/process", null)]
    public async Task A_profile_can_assume_a_role_or_run_a_program(string lines, string? role)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("process"), JsonSerializer.Serialize(
            new { Version = 1, _account.User.AccessKeyId, _account.User.SecretAccessKey }));
        File.WriteAllText(folder.At("config"), $"""
            [profile user]
            aws_access_key_id = {_account.User.AccessKeyId}
            aws_secret_access_key = {_account.User.SecretAccessKey}
            [profile calls]
            region = us-east-1
            {lines.Replace("FOLDER", folder.Path, StringComparison.Ordinal)}

            """);
        await using var run = await PlanWith(Endpoint(("AWS_CONFIG_FILE", folder.At("config")), ("AWS_PROFILE", "calls")), "--json");
        Assert.Null(NotAsked(run));
        Assert.Empty(_account.Faults);
        Assert.Equal(role is not null, _account.Roles.Any(taken => taken.StartsWith(role ?? "none", StringComparison.Ordinal)));
    }

    [Theory, InlineData("container"), InlineData("instance")]
    public async Task Without_other_credentials_the_role_of_a_container_or_instance_is_used(string where)
    {
        var environment = where == "container"
            ? Endpoint(
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", $"{_account.Address}/container"), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", where))
            : Endpoint(("AWS_EC2_METADATA_SERVICE_ENDPOINT", _account.Address), ("AWS_EC2_METADATA_DISABLED", "false"));
        await using var run = await PlanWith(environment, "--json");
        Assert.Null(NotAsked(run));
        Assert.Empty(_account.Faults);
        Assert.Contains($"arn:aws:iam::123456789012:role/deployer {where}", _account.Roles);
    }

    [Fact]
    public async Task A_program_that_provides_no_credentials_times_out()
    {
        using var folder = new TemporaryFolder();
        // It waits for a writer.
        await using var pipe = await Run.ToEnd("mkfifo", folder.At("pipe"));
        File.WriteAllText(folder.At("config"), $"[profile calls]\ncredential_process = cat {folder.At("pipe")}\n");
        await using var run = await _pulumi.OpsWith(
            Endpoint(("AWS_CONFIG_FILE", folder.At("config")), ("AWS_PROFILE", "calls")), "plan", "dev", "--json", "--timeout", "1");
        // Ends the program: the pipe is closed.
        File.Open(folder.At("pipe"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal("can't use the credentials: The operation has timed out.", NotAsked(run));
    }

    [Theory]
    [InlineData(StsApi.WebIdentityToken, null)]
    [InlineData("another", "sts:AssumeRoleWithWebIdentity: InvalidIdentityToken: No OpenIDConnect provider found in your account")]
    public async Task A_web_identity_of_the_settings_is_exchanged_for_its_role(string token, string? reason)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.At("token"), token + "\n");
        _pulumi.Write("Pulumi.dev.yaml", $"""
            {Settings.TrimEnd()}
              aws:assumeRoleWithWebIdentity:
                roleArn: arn:aws:iam::123456789012:role/deploy
                webIdentityTokenFile: {folder.At("token")}

            """);
        await using var run = await PlanWith(Endpoint(), "--json");
        Assert.Equal(reason is null ? null : $"can't use the credentials: {reason}", NotAsked(run));
        Assert.Empty(_account.Faults);
    }

    [Fact]
    public async Task Encrypted_settings_of_the_provider_require_decrypt()
    {
        _pulumi.Write("Pulumi.dev.yaml", $"{Settings}  aws:accessKey: {_account.User.AccessKeyId}\n  aws:secretKey:\n    secure: v1:xyz\n");
        _pulumi.Write("secret", _account.User.SecretAccessKey + "\n");
        await using var hidden = await PlanWith(Endpoint(), "--json");
        Assert.Equal("aws:secretKey is encrypted in the stack's file; pass --decrypt", NotAsked(hidden));
        await using var run = await PlanWith(Endpoint(), "--json", "--decrypt");
        Assert.Null(NotAsked(run));
        Assert.Equal(["config get aws:secretKey --stack dev --non-interactive"], _pulumi.Calls);
        Assert.DoesNotContain(_account.User.SecretAccessKey, run.Output + run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_credentials_are_reported_in_one_line()
    {
        await using var run = await PlanWith(Strangers);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains(
            "The account was not queried: can't use the credentials: sts:GetCallerIdentity: InvalidClientTokenId: "
            + "The security token included in the request is invalid.\n",
            run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no AWS credentials found: set aws:profile, AWS_PROFILE or AWS_ACCESS_KEY_ID, or configure a profile named default")]
    [InlineData("  aws:profile: nowhere\n", "the profile nowhere doesn't exist or has no credentials")]
    public async Task Without_credentials_the_plan_is_shown_with_the_reason(string setting, string reason)
    {
        _pulumi.Write("Pulumi.dev.yaml", Settings + setting);
        await using var run = await PlanWith(Endpoint());
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains($"The account was not queried: {reason}\n", run.Output, StringComparison.Ordinal);
        Assert.Empty(_account.Asked);
    }

    [Fact]
    public async Task The_options_offline_and_policy_do_not_query_the_account()
    {
        await using var offline = await Plan("--json", "--offline");
        Assert.Equal("--offline", NotAsked(offline));
        await using var policy = await Plan("--policy");
        Assert.Empty(_account.Asked);
    }

    [Theory, InlineData("0"), InlineData("601"), InlineData("1.5"), InlineData("soon")]
    public async Task An_invalid_timeout_is_one_line(string limit)
    {
        await using var run = await _pulumi.OpsWith(_account.Environment, "plan", "dev", "--timeout", limit);
        Assert.Equal((2, $"ops: --timeout: invalid value '{limit}'; pass 1 to 600 seconds\n"), (run.ExitCode, run.Errors));
    }

    [Fact]
    public async Task The_account_is_also_queried_for_a_stack_that_does_not_exist_yet()
    {
        string[] settings = ["--region", "us-east-1", "--domain", "call.example.org", "--instance-type", "t3.nano"];
        await using var run = await _pulumi.OpsWith(_account.Environment, ["plan", .. settings, "--json", "--timeout", Patience]);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("instanceType: t3.nano is not offered in this region", run.Errors, StringComparison.Ordinal);
        Assert.Equal("example.org exists (Z0EXAMPLE)", Answers(run, "fits")["hostedZone"]);
    }
}
