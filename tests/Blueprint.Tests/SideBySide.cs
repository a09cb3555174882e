// What takes long here waits: for an authority, for a name server, for what is tried again. Each test has a host, services and folders of
// its own.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.All, MaxThreads = 8)]
