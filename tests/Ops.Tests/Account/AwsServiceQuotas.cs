using System.Text.Json;
using System.Text.RegularExpressions;
using Causeway.Blueprint.Tests.Boot.Fakes;

namespace Causeway.Ops.Tests.Account;

/// <summary>Service Quotas (AWS JSON 1.1, API of 2019-06-24).</summary>
internal static partial class AwsServiceQuotas
{
    private const string Json = "application/x-amz-json-1.1";

    public static AwsReply Error(string code, string message) =>
        new(400, Json, JsonSerializer.Serialize(new { __type = code, Message = message }));

    public static AwsReply Answer(
        AwsRequest request, IReadOnlyDictionary<string, int> given, IReadOnlyDictionary<string, int> defaults,
        Func<int, string, string, AwsReply> fault)
    {
        if (request.Method != "POST" || request.Headers.GetValueOrDefault("content-type") != Json)
            return fault(404, "UnknownOperationException", "not AWS JSON 1.1");
        var asked = JsonDocument.Parse(request.Body).RootElement;
        var (service, code) = (asked.GetProperty("ServiceCode").GetString()!, asked.GetProperty("QuotaCode").GetString()!);
        if (!Code().IsMatch(service) || !Code().IsMatch(code)) return fault(400, "IllegalArgumentException", $"{service} {code}");
        if (!defaults.ContainsKey(code)) return fault(400, "NoSuchResourceException", $"there is no quota {code}");
        var quotas = request.Headers.GetValueOrDefault("x-amz-target") switch
        {
            "ServiceQuotasV20190624.GetServiceQuota" => given,
            "ServiceQuotasV20190624.GetAWSDefaultServiceQuota" => defaults,
            _ => null,
        };
        if (quotas is null) return fault(404, "UnknownOperationException", "no such operation");
        return quotas.TryGetValue(code, out var value)
            ? new(200, Json, JsonSerializer.Serialize(
                new { Quota = new { ServiceCode = service, QuotaCode = code, Value = (double)value } }))
            : Error("NoSuchResourceException", "The request failed because the specified quota does not exist.");
    }

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9-]{1,63}$")]
    private static partial Regex Code();
}
