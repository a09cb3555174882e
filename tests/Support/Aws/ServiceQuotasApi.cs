using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Causeway.Tests.Support.Aws;

/// <summary>Service Quotas (AWS JSON 1.1, API of 2019-06-24).</summary>
public sealed partial class ServiceQuotasApi : JsonApi
{
    /// <summary>The quotas that the account was given, by code; the others are those of every account.</summary>
    public Dictionary<string, int> Given { get; } = new() { ["L-1216C47A"] = 32 };

    /// <summary>The quotas of every account.</summary>
    public Dictionary<string, int> Defaults { get; } = new()
    {
        ["L-1216C47A"] = 5,
        ["L-0263D0A3"] = 5,
        ["L-F678F1CE"] = 5,
        ["L-0EA8095F"] = 60,
    };

    /// <inheritdoc />
    public override string Service => "servicequotas";

    /// <inheritdoc />
    protected override string Target => "ServiceQuotasV20190624";

    /// <inheritdoc />
    protected override JsonObject Result(ApiCall call, JsonAsked asked)
    {
        var (service, code) = (asked.Required("ServiceCode"), asked.Required("QuotaCode"));
        if (!Code().IsMatch(service) || !Code().IsMatch(code))
            throw AwsRefusedException.Fault("IllegalArgumentException", $"{service} {code}");
        if (!Defaults.ContainsKey(code)) throw AwsRefusedException.Fault("NoSuchResourceException", $"there is no quota {code}");
        var quotas = call.Name switch
        {
            "GetServiceQuota" => Given,
            "GetAWSDefaultServiceQuota" => Defaults,
            _ => throw AwsRefusedException.Unknown(call.Name),
        };
        return quotas.TryGetValue(code, out var value)
            ? new() { ["Quota"] = new JsonObject { ["ServiceCode"] = service, ["QuotaCode"] = code, ["Value"] = (double)value } }
            : throw new AwsRefusedException(
                400, "NoSuchResourceException", "The request failed because the specified quota does not exist.");
    }

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9-]{1,63}$")]
    private static partial Regex Code();
}
