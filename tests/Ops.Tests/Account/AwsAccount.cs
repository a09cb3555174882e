using System.Collections.Concurrent;

namespace Causeway.Ops.Tests.Account;

/// <summary>An AWS account as <c>ops plan</c> asks it: STS, EC2, Route 53 and Service Quotas, each with what a test says of it.</summary>
internal sealed class AwsAccount : IAsyncDisposable
{
    private AwsServer _server = null!;

    private AwsAccount() => ServiceQuotas = new(Quotas, DefaultQuotas);

    /// <summary>Its number.</summary>
    public const string Id = AwsServer.Account;

    /// <summary>The region that everything in EC2 and Service Quotas is in.</summary>
    public const string Region = "us-east-1";

    /// <summary>Starts it.</summary>
    public static async Task<AwsAccount> StartAsync()
    {
        var account = new AwsAccount();
        account._server = await AwsServer.StartAsync([Region], new(), [account.Ec2, account.Route53, account.ServiceQuotas]);
        return account;
    }

    /// <inheritdoc cref="AwsServer.Address" />
    public string Address => _server.Address;

    /// <inheritdoc cref="AwsServer.User" />
    public RoleCredentials User => _server.User;

    /// <inheritdoc cref="AwsServer.Asked" />
    public ConcurrentQueue<string> Asked => _server.Asked;

    /// <inheritdoc cref="AwsServer.Faults" />
    public ConcurrentQueue<string> Faults => _server.Faults;

    /// <inheritdoc cref="AwsServer.Roles" />
    public ConcurrentQueue<string> Roles => _server.Roles;

    /// <summary>The actions that the caller has no right to.</summary>
    public HashSet<string> Refused => _server.Injected.Refused;

    /// <summary>The actions that are never answered.</summary>
    public HashSet<string> Silent => _server.Injected.Silent;

    /// <summary>EC2's part.</summary>
    public AwsEc2 Ec2 { get; } = new();

    /// <summary>Route 53's.</summary>
    public AwsRoute53 Route53 { get; } = new();

    /// <summary>The quotas that the account was given, by code; the others are those of every account.</summary>
    public Dictionary<string, int> Quotas { get; } = new() { ["L-1216C47A"] = 32 };

    /// <summary>The quotas of every account.</summary>
    public Dictionary<string, int> DefaultQuotas { get; } = new()
    {
        ["L-1216C47A"] = 5,
        ["L-0263D0A3"] = 5,
        ["L-F678F1CE"] = 5,
        ["L-0EA8095F"] = 60,
    };

    private AwsServiceQuotas ServiceQuotas { get; }

    /// <inheritdoc cref="AwsServer.Environment" />
    public Dictionary<string, string?> Environment => _server.Environment;

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
