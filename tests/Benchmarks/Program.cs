using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Causeway.Benchmarks;

// In this process: other toolchains of BenchmarkDotNet generate a project and restore packages. How to read the numbers: the ratio to the
// baseline is comparable between machines, nanoseconds aren't. Allocated must be "-" on the data path.
BenchmarkSwitcher.FromAssembly(typeof(DataPath).Assembly).Run(
    args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
