using System.Text;
using Causeway.Blueprint;
using Causeway.Lab.Network;
using Causeway.Tests.Plans;
using Causeway.Tests.Support.Aws.Boot;
using Microsoft.AspNetCore.Http;

namespace Causeway.Lab.Boot.Aws;

/// <summary>The lab's AWS refuses what the plan's role may not: else a boot that works there would prove nothing.</summary>
public sealed class RolePermissionsTests
{
    private static readonly Plan Plan = BootPlan.Unpublished();

    private readonly Route53 _zone = new(Names.Domain);
    private readonly RolePermissions _permissions = new(Plan.Roles.Single(role => role.Name == Plan.Hosts[0].Role), Route53.Zone);

    [Theory]
    [InlineData("_acme-challenge.causeway.example.", "TXT", true)]
    [InlineData("_ACME-challenge.causeway.example", "TXT", true)]
    [InlineData("_acme-challenge.causeway.example", "CNAME", false)]
    [InlineData("causeway.example", "TXT", false)]
    [InlineData("_acme-challenge.www.causeway.example", "TXT", false)]
    public void Only_the_challenges_own_record_may_be_changed(string name, string type, bool allowed) => Assert.Equal(allowed, _permissions.Allow("route53", Change(Route53.Zone, (name, type))));

    [Fact]
    public void A_change_of_two_records_needs_both_to_be_allowed() =>
        Assert.False(_permissions.Allow("route53", Change(Route53.Zone, ("_acme-challenge.causeway.example", "TXT"), ("causeway.example", "TXT"))));

    [Fact]
    public void Another_zone_may_not_be_changed() => Assert.False(_permissions.Allow("route53", Change("Z999", ("_acme-challenge.causeway.example", "TXT"))));

    private AwsCall Change(string zone, params (string Name, string Type)[] records)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Path) = ("POST", $"/2013-04-01/hostedzone/{zone}/rrset/");
        return _zone.Read(request, Encoding.UTF8.GetBytes($"""
            <ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes>{string.Concat(records.Select(record => $"""
                <Change><Action>UPSERT</Action><ResourceRecordSet><Name>{record.Name}</Name><Type>{record.Type}</Type><TTL>10</TTL>
                <ResourceRecords><ResourceRecord><Value>"a"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>
                """))}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>
            """));
    }
}
