using System.Reflection;
using Causeway.Tests.Support.Layout;

namespace Causeway.Ops.Tests;

/// <summary>No two folders of a project use each other, directly or through a third.</summary>
public class LayoutTests
{
    [Theory]
    [InlineData("causeway-ops", "infra/Ops")]
    public void No_folders_use_each_other(string assembly, string sources) =>
        FolderCycles.AssertNone(Assembly.Load(assembly), sources);
}
