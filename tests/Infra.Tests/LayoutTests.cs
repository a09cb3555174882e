using Causeway.Infra.Resources;
using Causeway.Tests.Support.Layout;

namespace Causeway.Infra.Tests;

public class LayoutTests
{
    [Fact]
    public void No_folders_use_each_other() => FolderCycles.AssertNone(typeof(CausewayStack).Assembly, "infra");
}
