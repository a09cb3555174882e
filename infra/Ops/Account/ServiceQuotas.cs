using System.Text.Json;
using Amazon.Runtime;
using Causeway.Blueprint.Quotas;

namespace Causeway.Ops.Account;

/// <summary>What an account may have in its region (Service Quotas API reference, 2019-06-24).</summary>
internal sealed class ServiceQuotas(AwsSession session)
{
    private readonly SignedHttp _http =
        new(session, "servicequotas", "SERVICE_QUOTAS", $"servicequotas.{session.Region}.amazonaws.com", session.Region);

    /// <summary>How much of a quota the account has: what it was given, or else what every account has.</summary>
    public async Task<int> LimitAsync(QuotaNeed need, CancellationToken cancellation)
    {
        if (session.Fips) throw new NotKnownException("Service Quotas has no endpoint for aws:useFipsEndpoint");
        try
        {
            return await session.CallAsync(
                "servicequotas:GetServiceQuota", limit => AskAsync("GetServiceQuota", need, limit), cancellation);
        }
        catch (NotKnownException none) when (none.InnerException is AmazonServiceException { ErrorCode: "NoSuchResourceException" })
        {
            return await session.CallAsync(
                "servicequotas:GetAWSDefaultServiceQuota", limit => AskAsync("GetAWSDefaultServiceQuota", need, limit), cancellation);
        }
    }

    private async Task<int> AskAsync(string operation, QuotaNeed need, CancellationToken cancellation)
    {
        var answer = await _http.SendAsync(
            HttpMethod.Post, "/", [],
            [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", $"ServiceQuotasV20190624.{operation}")],
            JsonSerializer.Serialize(new { ServiceCode = need.Service, QuotaCode = need.Code }), cancellation);
        try
        {
            return (int)JsonDocument.Parse(answer).RootElement.GetProperty("Quota").GetProperty("Value").GetDouble();
        }
        catch (Exception cause) when (cause is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new AmazonClientException($"Service Quotas answered with something else than a quota: {cause.Message}", cause);
        }
    }
}
