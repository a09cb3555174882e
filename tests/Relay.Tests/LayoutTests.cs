using Causeway.Relay.Hosting;
using Causeway.Tests.Support.Layout;
using Causeway.Turn.Client;
using Causeway.Turn.Engines;
using Causeway.Turn.Fleet;
using Causeway.Turn.Options;

namespace Causeway.Relay.Tests;

public class LayoutTests
{
    [Theory]
    [InlineData(typeof(RelayOptions), "turn/Options")]
    [InlineData(typeof(IRelayEngine), "turn/Engines")]
    [InlineData(typeof(TurnClient), "turn/Client")]
    [InlineData(typeof(Heartbeat), "turn/Fleet")]
    [InlineData(typeof(RelayHost), "turn/Relay")]
    public void No_folders_use_each_other(Type type, string sources) => FolderCycles.AssertNone(type.Assembly, sources);
}
