using System.CommandLine;
using System.Formats.Tar;
using System.IO.Compression;
using Causeway.Blueprint.Settings;
using Causeway.Blueprint.Storage;
using Causeway.Publishing;

namespace Causeway.Ops.Stacks;

/// <summary><c>ops publish</c>: creates the services' archives like <c>pulumi up</c>, without uploading them.</summary>
internal static class PublishCommand
{
    public static Command Create()
    {
        var architecture = new Option<string>("--architecture") { Description = "The hosts' processor.", DefaultValueFactory = _ => "x64" };
        architecture.AcceptOnlyFromAmong("x64", "arm64");
        var folder = new Option<DirectoryInfo?>("--to")
        {
            Description = "Also unpack each service into a folder with its name in here. Replaces existing ones.",
            HelpName = "FOLDER",
        };
        var command = new Command("publish",
            "Publishes the services for hosts, unless their sources are unchanged, and prints each archive's SHA-256 and path.")
        {
            architecture, folder,
        };
        command.SetAction(line =>
        {
            var processor = line.GetValue(architecture) == "arm64" ? Architecture.Arm64 : Architecture.X64;
            Run(processor, line.GetValue(folder));
        });
        return command;
    }

    private static void Run(Architecture architecture, DirectoryInfo? folder)
    {
        try
        {
            foreach (var artifact in ArtifactPublisher.Publish(Checkout.Top(), architecture, Console.Error.WriteLine))
            {
                Console.WriteLine($"{artifact.Sha256}  {artifact.Path}");
                if (folder is not null) Unpack(artifact, folder);
            }
        }
        catch (PublishException trouble)
        {
            throw new OpsException(trouble.Message, cause: trouble);
        }
    }

    private static void Unpack(Artifact artifact, DirectoryInfo folder)
    {
        var target = new DirectoryInfo(Path.Combine(folder.FullName, artifact.Service));
        if (target.Exists) target.Delete(recursive: true);
        target.Create();
        using var packed = new GZipStream(File.OpenRead(artifact.Path!), CompressionMode.Decompress);
        TarFile.ExtractToDirectory(packed, target.FullName, overwriteFiles: false);
    }
}
