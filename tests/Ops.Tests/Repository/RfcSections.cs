namespace Causeway.Ops.Tests.Repository;

/// <summary>The sections of the RFCs that docs/conformance.md may name: those with requirements.</summary>
internal static class RfcSections
{
    public static readonly IReadOnlyDictionary<string, IReadOnlySet<string>> Known = new Dictionary<string, IReadOnlySet<string>>
    {
        ["8489"] = Of("""
            5 6 6.1 6.2 6.2.1 6.2.2 6.2.3 6.3 6.3.1 6.3.1.1 6.3.1.2 6.3.2 6.3.3 6.3.4 7 8 8.1
            9 9.1 9.1.1 9.1.2 9.1.3 9.1.4 9.1.5 9.2 9.2.1 9.2.2 9.2.3 9.2.3.1 9.2.3.2 9.2.4 9.2.5 10 11 12 13
            14 14.1 14.2 14.3 14.4 14.5 14.6 14.7 14.8 14.9 14.10 14.11 14.12 14.13 14.14 14.15 14.16
            15 16 16.1 16.1.1 16.1.2 16.1.3 16.2 16.2.1 16.2.2 16.2.3 16.2.4 17 18 18.1 18.2 18.3 18.4 18.5 18.6 18.7
            """, "appendix A", "appendix B", "appendix B.1"),
        ["8656"] = Of("""
            3 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 3.9 4 4.1 5 6 7 7.1 7.2 7.3 7.4 8 8.1 8.2 8.3 9 10 10.1 10.2 10.3
            11 11.1 11.2 11.3 11.4 11.5 11.6 12 12.1 12.2 12.3 12.4 12.5 12.6 12.7 13 13.1 13.2 13.3 14 15 16 17
            18 18.1 18.2 18.3 18.4 18.5 18.6 18.7 18.8 18.9 18.10 18.11 18.12 18.13 19
            21 21.1 21.1.1 21.1.2 21.1.3 21.1.4 21.1.5 21.1.6 21.1.7 21.2 21.2.1 21.2.2 21.2.3 21.3 21.3.1 21.3.2 21.3.3 21.4 21.5
            """),
        ["6062"] = Of("3 4 4.1 4.2 4.3 4.4 4.5 4.6 5 5.1 5.2 5.3 5.4 5.5 6 6.1 6.2 6.2.1 6.3 7"),
        ["8016"] = Of("3 3.1 3.1.1 3.1.2 3.1.3 3.1.4 3.2 3.2.1 3.2.2 3.2.3 3.3 3.4 6"),
        ["5780"] = Of("5 5.1 5.2 6 6.1 7 7.1 7.2 7.3 7.4 7.5 7.6 10"),
    };

    private static HashSet<string> Of(string numbers, params IEnumerable<string> others) =>
        [.. numbers.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries), .. others];
}
