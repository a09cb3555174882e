using System.Net;
using System.Net.Sockets;
using Causeway.Blueprint;
using Causeway.Blueprint.Secrets;
using Causeway.Turn.Fleet;
using Pulumi;

namespace Causeway.Infra.Resources.Rollout;

/// <summary>Has signalling hand out a new generation's relays; throws when it does not come to that.</summary>
/// <param name="target">Signalling, and the generation.</param>
public delegate Task AdmitGeneration(AdmissionTarget target);

/// <summary>Signalling after its address moved to the new host.</summary>
/// <param name="Address">Its Elastic IP. Not its name: resolvers may still know an older address.</param>
/// <param name="Port">Its port.</param>
/// <param name="TlsHost">The name that its certificate must hold; null where it made the certificate itself, and the signed answer alone shows who it is.</param>
/// <param name="Generation">The generation that was found good, and is the host's own.</param>
/// <param name="Key">The key that admissions are signed with.</param>
/// <param name="Deadline">How long the new host may take to answer there.</param>
public sealed record AdmissionTarget(IPAddress Address, int Port, string? TlsHost, string Generation, SecretText Key, TimeSpan Deadline);

/// <summary>
/// What follows the gate: signalling is told at its own address which generation was found good, and is asked again until the new host is the one that
/// answers. The one before it may do so for a moment, while the address moves; it changes nothing then.
/// </summary>
public static class Admissions
{
    /// <summary>How long an address may take to move.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>What is to be told to whom.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="signallingAddress">Signalling's Elastic IP.</param>
    public static AdmissionTarget TargetOf(Plan plan, string signallingAddress) =>
        new(IPAddress.Parse(signallingAddress), plan.Settings.Ports.Web, plan.Settings.Domain, plan.Generation, plan.AdmissionKey, Deadline);

    /// <summary>Admits the generation.</summary>
    /// <exception cref="GenerationNotAdmittedException">The deadline has passed; what came last is said.</exception>
    public static async Task AdmitAsync(AdmissionTarget target)
    {
        using var http = Client(target);
        var host = new UriBuilder(Uri.UriSchemeHttps, target.TlsHost ?? target.Address.ToString(), target.Port).Uri;
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await AskAsync(http, host, target) is not { } failure) return;
            if (TimeProvider.System.GetElapsedTime(start) >= target.Deadline) throw new GenerationNotAdmittedException(target, failure);
            await Task.Delay(Pause);
        }
    }

    // What is not as it should be; null when the generation is admitted.
    private static async Task<string?> AskAsync(HttpClient http, Uri host, AdmissionTarget target)
    {
        var message = new Admission
        {
            Issued = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            Generations = [target.Generation],
            Host = target.Generation,
        };
        try
        {
            var json = await FleetCall.PostAsync(http, host, Admission.Path, target.Key.Reveal(), FleetJson.Write(message), Admission.MaxBytes, CancellationToken.None);
            if (!FleetJson.TryRead(json, out AdmissionAnswer? answer, out var fault)) return $"the answer cannot be read: {fault}";
            if (answer.Host != target.Generation) return $"the host of generation {answer.Host ?? "(none)"} answers; the address has not moved yet";
            if (!answer.Applied) return $"the new host does not apply it: {answer.Reason}";
            return answer.Ready > 0 ? null : "the new host answers, but knows no relay of the generation that is ready; its relay's log says why heartbeats do not come";
        }
        catch (FleetException failure)
        {
            return failure.Message;
        }
    }

    private static HttpClient Client(AdmissionTarget target)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            // A new connection each time: one that stands would go on to the host that had the address before.
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(target.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(target.Address, target.Port, cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
#pragma warning disable CA5359 // There is nothing to check a self-made certificate by; the signed answer shows who it is, and nothing that is sent is secret.
        if (target.TlsHost is null) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        return new(handler) { Timeout = Patience };
    }
}

/// <summary>Signalling does not hand out the new generation, so the update ends here and the generation before it is not taken down.</summary>
public sealed class GenerationNotAdmittedException(AdmissionTarget target, string failure) : RunException(
    $"generation {target.Generation} is not admitted by signalling at {target.Address} within {target.Deadline.TotalSeconds:0} s, and the generation before it is not taken down; "
    + "both stand and cost until an update ends well: update again to ask once more, or put the settings back and update, which gives the address back and removes the new one "
    + $"(docs/recovery.md, 'After a failed update'):\n  {failure}");
