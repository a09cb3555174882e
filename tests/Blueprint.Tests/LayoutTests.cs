using Causeway.Tests.Support.Layout;

namespace Causeway.Blueprint.Tests;

public class LayoutTests
{
    [Fact]
    public void No_folders_use_each_other() =>
        FolderCycles.AssertNone(typeof(Plan).Assembly, "infra/Blueprint");
}
