using Causeway.Blueprint.Quotas;

namespace Causeway.Blueprint.Tests.Quotas;

public class QuotaTests
{
    [Theory]
    [InlineData("t2.micro", 1)]
    [InlineData("t3.small", 2)]
    [InlineData("t4g.medium", 2)]
    [InlineData("c7g.medium", 1)]
    [InlineData("m7i.large", 2)]
    [InlineData("c7i.xlarge", 4)]
    [InlineData("c7gn.16xlarge", 64)]
    [InlineData("c7g.metal", null)]
    public void The_size_of_an_instance_type_says_how_many_vCPUs_it_has(string type, int? cores) =>
        Assert.Equal(cores, QuotaNeed.Cores(type));

    [Fact]
    public void An_update_needs_two_generations_at_once() => Assert.Equal(
        [
            "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances: 2, 4 while an update runs, of 5 by default "
                + "(t3.small, twice while two generations exist)",
            "EC2-VPC Elastic IPs: 2, 3 while an update runs, of 5 by default "
                + "(page and relay; another relay's while two generations exist, "
                + "and one more for each changed attempt after a failed update)",
            "VPCs per Region: 1, 2 while an update runs, of 5 by default (two while zone, networkPrefix or dualStack change)",
            "Inbound or outbound rules per security group: 7, 7 while an update runs, of 60 by default "
                + "(counted for each direction and each family)",
        ],
        QuotaNeed.Of(Plans.Of()).Select(need => need.ToString()));

    [Theory]
    [InlineData("m7i.large", "L-1216C47A")]
    [InlineData("g4dn.xlarge", "L-DB2E81BA")]
    [InlineData("inf2.xlarge", "L-1945791B")]
    [InlineData("i4i.large", "L-1216C47A")]
    public void Each_family_is_counted_by_its_own_quota(string type, string code) =>
        Assert.Equal(code, QuotaNeed.Of(Plans.Of(("instanceType", type)))[0].Code);

    [Theory]
    [InlineData("acmeDirectory", "", "Let's Encrypt issues 5 for the same names in seven days; with keepCertificate")]
    [InlineData("acmeDirectory", "https://ca.example.org/directory", "ca.example.org may issue only a few")]
    [InlineData("keepCertificate", "true", "outlives it in the secret causeway/dev/kept-certificate")]
    public void A_demo_with_a_domain_says_how_many_certificates_it_can_get(string key, string value, string message) =>
        Assert.Contains(message, CertificateQuota.Of(Plans.Of((key, value))), StringComparison.Ordinal);

    [Theory, InlineData("demo without a domain"), InlineData("production")]
    public void Other_stacks_say_nothing_about_certificates(string plan) => Assert.Null(CertificateQuota.Of(Plans.All[plan]));
}
