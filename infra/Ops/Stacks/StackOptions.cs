using System.CommandLine;
using Causeway.Blueprint.Settings;

namespace Causeway.Ops.Stacks;

/// <summary>The argument and option that select a stack and its project.</summary>
internal sealed class StackOptions
{
    public Argument<string> Stack { get; } = new("STACK") { Description = "The stack's name, such as dev." };

    public Option<DirectoryInfo> Project { get; } = new("--project")
    {
        Description = "The folder of Pulumi.yaml. Defaults to the nearest one, from the current folder upwards.",
        DefaultValueFactory = _ => Nearest(new(Directory.GetCurrentDirectory())),
    };

    /// <exception cref="OpsException">The name isn't a valid stack name.</exception>
    public string ReadStack(ParseResult line) => Require(line.GetRequiredValue(Stack));

    /// <summary>The folder of <c>Pulumi.yaml</c>.</summary>
    /// <exception cref="OpsException">The folder doesn't exist, or doesn't contain <c>Pulumi.yaml</c>.</exception>
    public DirectoryInfo ReadProject(ParseResult line)
    {
        var project = line.GetRequiredValue(Project);
        RequireFolder(project, OpsException.Failed);
        return File.Exists(Path.Combine(project.FullName, "Pulumi.yaml"))
            ? project
            : throw new OpsException($"no Pulumi.yaml in {project}; run this inside the project, or pass its folder with --project");
    }

    /// <exception cref="OpsException">The folder doesn't exist.</exception>
    public static void RequireFolder(DirectoryInfo project, int exitCode)
    {
        if (!project.Exists)
            throw new OpsException($"--project: the folder {project} doesn't exist; pass the folder of Pulumi.yaml", exitCode);
    }

    /// <summary>Requires a name that is valid in names of resources and files.</summary>
    /// <exception cref="OpsException">The name isn't a valid stack name.</exception>
    public static string Require(string stack) =>
        StackSettingsReader.MistakeInName(stack) is { } mistake ? throw new OpsException($"{mistake}", OpsException.Wrong) : stack;

    private static DirectoryInfo Nearest(DirectoryInfo from)
    {
        for (var folder = from; folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Pulumi.yaml"))) return folder;
        return from;
    }
}
