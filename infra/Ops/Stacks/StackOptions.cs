using System.CommandLine;

namespace Causeway.Ops.Stacks;

/// <summary>Which stack of which project is meant.</summary>
internal sealed class StackOptions
{
    public Argument<string> Stack { get; } = new("STACK") { Description = "The stack's name, as dev." };

    public Option<DirectoryInfo> Project { get; } = new("--project")
    {
        Description = "The folder of Pulumi.yaml. Default: the nearest one from here upwards.",
        DefaultValueFactory = _ => Nearest(new(Directory.GetCurrentDirectory())),
    };

    private static DirectoryInfo Nearest(DirectoryInfo from)
    {
        for (var folder = from; folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Pulumi.yaml"))) return folder;
        return from;
    }
}
