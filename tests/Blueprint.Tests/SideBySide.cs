// The slow tests here mostly wait for other programs. Each has its own host, services and folders.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.All, MaxThreads = 8)]
