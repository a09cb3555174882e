using System.Reflection;
using Causeway.Tests.Support.Layout;

namespace Causeway.Protocol.Tests;

/// <summary>The layout is the architecture: no two folders of a project use each other, directly or over a third.</summary>
public class LayoutTests
{
    [Theory]
    [InlineData("Causeway.Turn.Protocol", "turn/Protocol")]
    [InlineData("Causeway.Protocol.Tests", "tests/Protocol.Tests")]
    public void No_folders_use_each_other(string assembly, string sources) =>
        FolderCycles.AssertNone(Assembly.Load(assembly), sources);
}
