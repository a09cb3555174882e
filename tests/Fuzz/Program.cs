using System.CommandLine;
using System.Diagnostics;
using Causeway.Protocol.Tests.Fuzzing;
using SharpFuzz;

// What script/fuzz runs. Each command names a target of tests/Protocol.Tests/Fuzzing.
var target = new Argument<FuzzTarget>("target")
{
    Description = $"One of: {string.Join(", ", FuzzTarget.All.Select(each => each.Name))}.",
    CustomParser = result =>
    {
        var name = result.Tokens.Single().Value;
        if (FuzzTarget.All.FirstOrDefault(each => each.Name == name) is { } found) return found;
        result.AddError($"Unknown target '{name}'; targets: {string.Join(", ", FuzzTarget.All.Select(each => each.Name))}.");
        return null;
    },
};
var seconds = new Option<int>("--seconds") { Description = "How long. Defaults to 60.", DefaultValueFactory = _ => 60 };
var seed = new Option<int>("--seed")
{
    Description = "Gives the same inputs again. Defaults to a random one, which is printed.",
    DefaultValueFactory = _ => Random.Shared.Next(),
};
var folder = new Argument<DirectoryInfo>("folder") { Description = "Where to write them." };
var inputs = new Argument<string[]>("input") { Description = "Hexadecimal digits, or files.", Arity = ArgumentArity.OneOrMore };

var run = new Command("run", "Runs changed inputs in this process, as fast as it can.") { target, seconds, seed };
run.SetAction((parsed, cancellation) => Task.FromResult(
    Run(parsed.GetRequiredValue(target), parsed.GetValue(seconds), parsed.GetValue(seed), cancellation)));

var corpus = new Command("corpus", "Writes the target's valid inputs to a folder.") { target, folder };
corpus.SetAction(parsed =>
{
    var files = Directory.CreateDirectory(parsed.GetRequiredValue(folder).FullName);
    foreach (var (index, input) in parsed.GetRequiredValue(target).Corpus.Index())
        File.WriteAllBytes(Path.Combine(files.FullName, $"{index:000}"), input);
});

var replay = new Command("replay", "Runs inputs that broke a target.") { target, inputs };
replay.SetAction(parsed =>
{
    foreach (var input in parsed.GetRequiredValue(inputs))
        FuzzRun.Run(parsed.GetRequiredValue(target), File.Exists(input) ? File.ReadAllBytes(input) : Convert.FromHexString(input));
});

var afl = new Command("afl", "Serves AFL++, which starts this program and chooses the inputs.") { target };
afl.SetAction(parsed =>
{
    var chosen = parsed.GetRequiredValue(target);
    Fuzzer.OutOfProcess.Run(stream => chosen.Run(ReadAll(stream)));
});

return await new RootCommand("Runs what reads bytes from the network over inputs that no one meant to send.") { run, corpus, replay, afl }
    .Parse(args).InvokeAsync();

static int Run(FuzzTarget target, int seconds, int seed, CancellationToken cancellation)
{
    const int Batch = 1000;
    Console.WriteLine($"{target.Name}: seed {seed}, {seconds} s");
    var mutations = new Mutations(target.Corpus, seed);
    var (clock, count) = (Stopwatch.StartNew(), 0L);
    while (clock.Elapsed.TotalSeconds < seconds && !cancellation.IsCancellationRequested)
    {
        for (var i = 0; i < Batch; i++) FuzzRun.Run(target, mutations.Next());
        count += Batch;
    }

    Console.WriteLine($"{target.Name}: {count:N0} inputs, {count / clock.Elapsed.TotalSeconds:N0} a second, none broke it");
    return 0;
}

static byte[] ReadAll(Stream stream)
{
    using var copy = new MemoryStream();
    stream.CopyTo(copy);
    return copy.ToArray();
}
