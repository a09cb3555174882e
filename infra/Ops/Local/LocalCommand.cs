using System.CommandLine;

namespace Causeway.Ops.Local;

/// <summary><c>ops local</c>: writes the settings of a local run, to start the services by hand.</summary>
internal static class LocalCommand
{
    public static Command Create()
    {
        var options = new LocalOptions();
        var command = new Command("local", "Writes the settings file of a local run without starting it.");
        foreach (var option in options.All) command.Add(option);
        command.SetAction(line =>
        {
            var files = LocalFiles.Write(options.Read(line));
            Console.WriteLine(files.SettingsFile);
        });
        return command;
    }
}
