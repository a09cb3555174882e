using Causeway.Tests.Support.Layout;

namespace Causeway.Lab;

/// <summary>No two folders of the lab use each other, directly or over a third.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void No_folders_use_each_other()
    {
        var circles = FolderCycles.Of(typeof(LayoutTests).Assembly, "tests/Lab");
        Assert.True(circles.Count == 0, string.Join("\n", circles));
    }
}
