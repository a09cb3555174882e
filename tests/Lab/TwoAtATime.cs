[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.Collections, MaxThreads = 2)]

namespace Causeway.Lab;

/// <summary>
/// Tests that look at all networks of this process or measure short times. They run one after the other, when all other tests have ended.
/// The others run two at a time, since browsers are heavy: a collection for each set of browsers (<see cref="Browsers.OneMachineTests"/>,
/// <see cref="Browsers.OwnServicesTests"/>, <see cref="Reach.SharedLabTests"/>). <c>script/lab</c> runs one test at a time.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
