namespace Causeway.Infra.Tests.Policies;

internal static class AccessPolicies
{
    [Policy("CKV_AWS_274")]
    [BrokenBy(Types.Role, "managedPolicyArns", new[] { "arn:aws:iam::aws:policy/AdministratorAccess" })]
    [BrokenBy(Types.Role, "inlinePolicies", new[] { "any" })]
    public static void Roles_have_no_rights_beside_the_planned_ones(Graph graph) => graph.Each(Types.Role, role =>
        Assert.Empty((object[])[.. role.List("managedPolicyArns"), .. role.List("inlinePolicies")]));
}
