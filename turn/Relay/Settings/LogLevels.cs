using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Causeway.Relay.Settings;

/// <summary>The levels of the section <c>logging</c>; a start fails with an unknown one.</summary>
internal static class LogLevels
{
    public static void Check(IConfiguration configuration, ICollection<string> mistakes)
    {
        // logging.logLevel applies to every output, logging.console.logLevel to one.
        var logging = configuration.GetSection("logging");
        foreach (var level in logging.GetChildren().Append(logging).Select(section => section.GetSection("logLevel")))
        {
            foreach (var category in level.GetChildren().Where(category => !string.IsNullOrEmpty(category.Value)))
            {
                if (Enum.TryParse<LogLevel>(category.Value, ignoreCase: true, out _)) continue;
                var key = string.Join('.', category.Path.Split(':').Select(SettingsReader.CamelCase));
                mistakes.Add($"{key}: {category.Value} is not a level; write {string.Join(", ", Enum.GetNames<LogLevel>())}");
            }
        }
    }
}
