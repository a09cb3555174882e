using Causeway.Tests.Support.Layout;

namespace Causeway.Ops.Tests.Repository
{
    /// <summary>The check of every project's layout can fail.</summary>
    public class FolderCyclesTests
    {
        [Fact]
        public void Two_folders_that_use_each_other_are_reported_with_an_example_of_each_use()
        {
            var circles = FolderCycles.Of(typeof(FolderCyclesTests).Assembly, "tests/Ops.Tests");
            var circle = Assert.Single(circles, each => each.Contains("Examples", StringComparison.Ordinal));
            const string Examples = "Causeway.Ops.Tests.Repository.Examples";
            Assert.Contains($"{Examples}.Lower → {Examples}.Upper: Floor uses Roof", circle, StringComparison.Ordinal);
            Assert.Contains($"{Examples}.Upper → {Examples}.Lower: Roof uses Floor", circle, StringComparison.Ordinal);
        }
    }
}

namespace Causeway.Ops.Tests.Repository.Examples.Lower
{
    public sealed record Floor(Upper.Roof? Above);
}

namespace Causeway.Ops.Tests.Repository.Examples.Upper
{
    public sealed record Roof(Lower.Floor Below);
}
