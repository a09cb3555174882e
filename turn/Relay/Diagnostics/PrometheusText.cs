using System.Globalization;
using System.Text;

namespace Causeway.Relay.Diagnostics;

/// <summary>Renders metrics in Prometheus' text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static string Render(IEnumerable<RelayMetric> metrics)
    {
        var text = new StringBuilder();
        foreach (var metric in metrics)
        {
            // Prometheus' names have no dots; counters end in _total.
            var name = metric.Name.Replace('.', '_') + (metric.IsGauge ? "" : "_total");
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {metric.Description}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {(metric.IsGauge ? "gauge" : "counter")}\n");
            foreach (var sample in metric.Read())
            {
                text.Append(name);
                if (sample.Label is { } label) text.Append(CultureInfo.InvariantCulture, $"{{{label.Key}=\"{label.Value}\"}}");
                text.Append(CultureInfo.InvariantCulture, $" {sample.Value}\n");
            }
        }

        return text.ToString();
    }
}
