namespace Causeway.Ops.Tests.Stacks;

/// <summary>The stack's file that most tests of <c>ops plan</c> begin with.</summary>
internal static class PlannedStack
{
    /// <summary>A demo with a domain; further settings may follow, a line each.</summary>
    public const string Settings = """
        config:
          causeway:region: us-east-1
          causeway:domain: call.example.org
          causeway:hostedZone: example.org
          causeway:expires: "2026-12-31"
          causeway:rotation: "2026-11-22"
          causeway:rootSecret:
            secure: v1:abc

        """;
}
