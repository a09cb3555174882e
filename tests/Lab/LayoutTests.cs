using Causeway.Tests.Support.Layout;

namespace Causeway.Lab;

/// <summary>No two folders of the lab use each other, directly or over a third.</summary>
public sealed class LayoutTests
{
    [Fact]
    public void No_folders_use_each_other() =>
        FolderCycles.AssertNone(typeof(LayoutTests).Assembly, "tests/Lab");
}
