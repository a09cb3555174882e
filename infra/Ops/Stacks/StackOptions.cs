using System.CommandLine;
using Causeway.Blueprint.Settings;

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

    /// <summary>The stack's name.</summary>
    /// <exception cref="OpsException">It is none that a stack of this project can have.</exception>
    public string ReadStack(ParseResult line) => Require(line.GetRequiredValue(Stack));

    /// <summary>The folder of <c>Pulumi.yaml</c>.</summary>
    /// <exception cref="OpsException">It is not there, or holds none.</exception>
    public DirectoryInfo ReadProject(ParseResult line)
    {
        var project = line.GetRequiredValue(Project);
        if (!project.Exists) throw new OpsException($"--project: there is no folder {project}; name the one that holds Pulumi.yaml");
        return File.Exists(Path.Combine(project.FullName, "Pulumi.yaml"))
            ? project
            : throw new OpsException($"there is no Pulumi.yaml in {project}; run this from within the project, or name its top folder with --project");
    }

    /// <summary>A name that can stand in names of resources and, before that, of files.</summary>
    /// <exception cref="OpsException">It cannot.</exception>
    public static string Require(string stack) => StackSettingsReader.MistakeInName(stack) is { } mistake ? throw new OpsException($"{mistake}", OpsException.Wrong) : stack;

    private static DirectoryInfo Nearest(DirectoryInfo from)
    {
        for (var folder = from; folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Pulumi.yaml"))) return folder;
        return from;
    }
}
