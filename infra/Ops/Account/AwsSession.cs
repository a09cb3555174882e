using System.Globalization;
using System.Text.RegularExpressions;
using Amazon;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Account;

/// <summary>
/// An account with the deployment's credentials: who one is there, and calls that are bounded in time and say what they lack.
/// </summary>
internal sealed partial class AwsSession : IDisposable
{
    private const string SessionName = "causeway-ops-plan";
    private static readonly string[] MissingRight =
        ["UnauthorizedOperation", "AccessDenied", "AccessDeniedException", "UnauthorizedAccess", "NotAuthorized"];

    private readonly ProviderSettings _provider;
    private readonly TimeSpan _limit;
    private readonly AwsTransport _transport;

    private readonly int _retries;

    private AwsSession(ProviderSettings provider, string region, TimeSpan limit, int retries, Uri? endpoint)
    {
        (_provider, Region, _limit, _retries, Endpoint) = (provider, region, limit, retries, endpoint);
        _transport = new(provider, RequestLimit);
    }

    /// <summary>The stack's region.</summary>
    public string Region { get; }

    /// <summary>The credentials, with the roles of the settings taken on.</summary>
    public AWSCredentials Credentials { get; private set; } = null!;

    /// <summary>The account's number.</summary>
    public string Account { get; private set; } = "";

    /// <summary>Who one is in it.</summary>
    public string Arn { get; private set; } = "";

    /// <summary>The client of requests that the SDK here does not know.</summary>
    public HttpClient Http => _transport.Client;

    /// <summary>Where every service is; null where the environment and AWS's own endpoints say it.</summary>
    public Uri? Endpoint { get; }

    /// <summary>Whether only endpoints that are validated under FIPS 140 may be called.</summary>
    public bool Fips => _provider.Flag("useFipsEndpoint");

    /// <summary>Whether S3's buckets are in paths of requests rather than in names of hosts.</summary>
    public bool PathStyle => _provider.Flag("s3UsePathStyle") || Endpoint is not null;

    /// <summary>Finds credentials, takes the roles on, and asks who one is.</summary>
    /// <param name="provider">The settings of the AWS provider.</param>
    /// <param name="region">The stack's region.</param>
    /// <param name="limit">How long a call may take with all of its pages; a request the part of it that leaves time for its repetitions.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="retries">How often the SDK repeats a request; 0 where the caller does, as the sweep.</param>
    /// <param name="endpoint">Where every service is, instead of what the environment says.</param>
    /// <exception cref="NotAskedException">
    /// There are no credentials, AWS does not take them, or they are of an account that the settings exclude.
    /// </exception>
    public static async Task<AwsSession> OpenAsync(
        ProviderSettings provider, string region, TimeSpan limit, CancellationToken cancellation, int retries = 1, Uri? endpoint = null)
    {
        var session = new AwsSession(provider, region, limit, retries, endpoint);
        try
        {
            session.Credentials = await session.WithRolesAsync(cancellation);
            using var sts = session.Sts(session.Credentials);
            var caller = await session.CallAsync("sts:GetCallerIdentity", limit => sts.GetCallerIdentityAsync(new(), limit), cancellation);
            (session.Account, session.Arn) = (caller.Account, caller.Arn);
            session.Guard();
            return session;
        }
        catch (Exception cause) when (cause is not (NotAskedException or OperationCanceledException))
        {
            session.Dispose();
            // Also whatever a file, a program or a service that gives credentials fails with.
            throw new NotAskedException($"the credentials cannot be used: {OneLine(cause.Message)}", cause);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>The configuration of a client in the stack's region.</summary>
    public T Bounded<T>(T config, string? region = null) where T : ClientConfig
    {
        if (Endpoint is not null) config.ServiceURL = Endpoint.ToString();
        else config.RegionEndpoint = RegionEndpoint.GetBySystemName(region ?? Region);
        // Where the environment names an endpoint (AWS_ENDPOINT_URL), the SDK would sign for the region that its name suggests: us-east-1.
        config.AuthenticationRegion = region ?? Region;
        config.HttpClientFactory = _transport;
        config.Timeout = RequestLimit;
        config.MaxErrorRetry = _retries;
        if (_provider.Values.ContainsKey("useFipsEndpoint")) config.UseFIPSEndpoint = Fips;
        if (_provider.Values.ContainsKey("useDualstackEndpoint")) config.UseDualstackEndpoint = _provider.Flag("useDualstackEndpoint");
        return config;
    }

    /// <summary>Calls AWS.</summary>
    /// <param name="right">The right that it takes, as <c>ec2:DescribeImages</c>.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="NotKnownException">It failed; the message says which right is missing, or what else.</exception>
    public async Task<T> CallAsync<T>(string right, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_limit);
        try
        {
            return await call(limit.Token);
        }
        catch (AmazonServiceException refused) when (MissingRight.Contains(refused.ErrorCode))
        {
            throw new NotKnownException($"the right {right} is missing", refused);
        }
        catch (AmazonServiceException refused) when (refused.ErrorCode is { Length: > 0 })
        {
            throw new NotKnownException($"{right}: {refused.ErrorCode}: {OneLine(refused.Message)}", refused);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new NotKnownException($"{right}: no answer in time", late);
        }
        catch (Exception failure) when (
            failure is AmazonClientException or AmazonServiceException or HttpRequestException or IOException or TimeoutException)
        {
            throw new NotKnownException($"{right}: AWS cannot be reached: {OneLine((failure.InnerException ?? failure).Message)}", failure);
        }
    }

    /// <summary>Whether a refusal is for want of a right.</summary>
    public static bool LacksRight(string? code) => MissingRight.Contains(code);

    /// <inheritdoc />
    public void Dispose() => _transport.Dispose();

    private TimeSpan RequestLimit => _limit / (_retries + 1);

    // The provider refuses these accounts too: before it asks anything else.
    private void Guard()
    {
        if (_provider.AllowedAccountIds is { Count: > 0 } allowed && !allowed.Contains(Account))
            throw Excluded($"and aws:allowedAccountIds has {string.Join(", ", allowed)}");
        if (_provider.ForbiddenAccountIds.Contains(Account))
            throw Excluded("which aws:forbiddenAccountIds has");

        NotAskedException Excluded(string how) =>
            new($"the credentials are of account {Account}, {how}; use others, or change the setting: pulumi up refuses them too");
    }

    // The SDK's own role credentials take no policies on the way; each call here is one call of STS, as the provider makes it.
    private async Task<AWSCredentials> WithRolesAsync(CancellationToken cancellation)
    {
        AWSCredentials credentials;
        if (_provider.Get<WebIdentityRole>("assumeRoleWithWebIdentity") is { } web)
        {
            var file = web.WebIdentityTokenFile ?? "";
            if (web.WebIdentityToken is null && file.Length == 0) throw new NotAskedException("aws:assumeRoleWithWebIdentity has no token");
            var token = web.WebIdentityToken ?? await File.ReadAllTextAsync(file, cancellation);
            using var sts = Sts(new AnonymousAWSCredentials());
            credentials = (await CallAsync("sts:AssumeRoleWithWebIdentity", limit => sts.AssumeRoleWithWebIdentityAsync(new()
            {
                RoleArn = web.RoleArn,
                RoleSessionName = web.SessionName ?? SessionName,
                WebIdentityToken = token.Trim(),
                DurationSeconds = Seconds(web.Duration),
                Policy = web.Policy,
                PolicyArns = Policies(web.PolicyArns),
            }, limit), cancellation)).Credentials;
        }
        else
        {
            var found = AwsCredentialSource.Find(_provider);
            // Files, programs and services that give credentials know no limit of their own.
            await Task.Run(found.GetCredentialsAsync, cancellation).WaitAsync(_limit, cancellation);
            credentials = found;
        }

        foreach (var role in _provider.AssumeRoles)
        {
            using var sts = Sts(credentials);
            credentials = (await CallAsync("sts:AssumeRole", limit => sts.AssumeRoleAsync(new()
            {
                RoleArn = role.RoleArn,
                RoleSessionName = role.SessionName ?? SessionName,
                DurationSeconds = Seconds(role.Duration),
                ExternalId = role.ExternalId,
                Policy = role.Policy,
                PolicyArns = Policies(role.PolicyArns),
                SourceIdentity = role.SourceIdentity,
                Tags = role.Tags.Count == 0 ? null : [.. role.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })],
                TransitiveTagKeys = role.TransitiveTagKeys.Count == 0 ? null : [.. role.TransitiveTagKeys],
            }, limit), cancellation)).Credentials;
        }
        return credentials;
    }

    private AmazonSecurityTokenServiceClient Sts(AWSCredentials credentials)
    {
        var config = Bounded(new AmazonSecurityTokenServiceConfig(), _provider.Get<string>("stsRegion"));
        // Whoever repeats requests by itself has no account yet.
        config.MaxErrorRetry = int.Max(1, _retries);
        return new(credentials, config);
    }

    private static List<PolicyDescriptorType>? Policies(IReadOnlyList<string> arns) =>
        arns.Count == 0 ? null : [.. arns.Select(arn => new PolicyDescriptorType { Arn = arn })];

    // As the provider writes it: 1h30m.
    private static int? Seconds(string? duration)
    {
        if (duration is null) return null;
        if (Duration().Match(duration) is not { Success: true, Length: > 0 } parts)
            throw new NotAskedException($"the duration {duration} of a role under aws: cannot be read; write it as 1h30m");
        return (3600 * Part("h")) + (60 * Part("m")) + Part("s");

        int Part(string unit) => parts.Groups[unit].Success ? int.Parse(parts.Groups[unit].Value, CultureInfo.InvariantCulture) : 0;
    }

    internal static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("^((?<h>[0-9]{1,2})h)?((?<m>[0-9]{1,4})m)?((?<s>[0-9]{1,5})s)?$")]
    private static partial Regex Duration();
}
