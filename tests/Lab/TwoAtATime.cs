[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.Collections, MaxThreads = 2)]

namespace Causeway.Lab;

/// <summary>
/// The tests that look at all of this process's networks, or measure short times: one after the other, and beside no other test of this
/// project. Of the others those on one machine (<see cref="Browsers.OneMachineTests"/>) run beside those of the shared networks
/// (<see cref="Reach.SharedLabTests"/>), one of each at a time, for browsers are heavy. <c>script/lab</c> runs one test at a time.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
