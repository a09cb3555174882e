using Causeway.Turn.Engines;
using Causeway.Turn.Engines.Portable;

namespace Causeway.Relay.Tests.Engines;

public class PortableEngineTests : RelayEngineContract
{
    protected override IRelayEngine Bind(EngineSettings settings, IEngineEvents events, TimeProvider time) => PortableEngine.Bind(settings, events, time);
}
