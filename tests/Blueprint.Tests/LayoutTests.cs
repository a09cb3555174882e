using Causeway.Tests.Support.Layout;

namespace Causeway.Blueprint.Tests;

/// <summary>The layout is the architecture: no two folders of a project use each other, directly or over a third.</summary>
public class LayoutTests
{
    [Fact]
    public void No_folders_use_each_other() =>
        FolderCycles.AssertNone(typeof(Plan).Assembly, "infra/Blueprint");
}
