using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Causeway.Benchmarks;

// In this process: the generated project of BenchmarkDotNet's other toolchains would restore packages of its own.
// How to read the numbers: a benchmark's ratio to its baseline holds between machines, its nanoseconds do not. Allocated must be "-" on the data path.
BenchmarkSwitcher.FromAssembly(typeof(DataPath).Assembly).Run(args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
