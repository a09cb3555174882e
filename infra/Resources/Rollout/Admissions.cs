using System.Net;
using System.Net.Sockets;
using Causeway.Blueprint;
using Causeway.Blueprint.Secrets;
using Causeway.Turn.Fleet;
using Pulumi;

namespace Causeway.Infra.Resources.Rollout;

/// <summary>Has signalling hand out a new generation's relays; throws if it does not.</summary>
/// <param name="target">Signalling, and the generation.</param>
public delegate Task AdmitGeneration(AdmissionTarget target);

/// <summary>Signalling after its address moved to the new host.</summary>
/// <param name="Address">Its Elastic IP. Not its name: resolvers may still know an older address.</param>
/// <param name="Port">Its port.</param>
/// <param name="TlsHost">
/// The name in its certificate; null for a self-signed certificate, where only the signed answer shows who it is.
/// </param>
/// <param name="Generation">The generation that passed the gate, and the host's own.</param>
/// <param name="Key">The key that admissions are signed with.</param>
/// <param name="Deadline">How long the new host may take to answer there.</param>
public sealed record AdmissionTarget(IPAddress Address, int Port, string? TlsHost, string Generation, SecretText Key, TimeSpan Deadline);

/// <summary>
/// The step after the gate: tells signalling, at its own address, which generation passed, and repeats that until the new host answers.
/// While the address moves, the old host may still answer; it changes nothing then.
/// </summary>
public static class Admissions
{
    /// <summary>How long an address may take to move.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>The admission of a plan's generation.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="signallingAddress">Signalling's Elastic IP.</param>
    public static AdmissionTarget TargetOf(Plan plan, string signallingAddress) => new(
        IPAddress.Parse(signallingAddress), plan.Settings.Ports.Web, plan.Settings.Domain, plan.Generation, plan.AdmissionKey, Deadline);

    /// <summary>Admits the generation.</summary>
    /// <exception cref="GenerationNotAdmittedException">The deadline has passed; contains the last failure.</exception>
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

    // The failure; null when the generation is admitted.
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
            var json = await FleetCall.PostAsync(
                http, host, Admission.Path, target.Key.Reveal(), FleetJson.Write(message), Admission.MaxBytes, CancellationToken.None);
            if (!FleetJson.TryRead(json, out AdmissionAnswer? answer, out var fault)) return $"invalid answer: {fault}";
            if (answer.Host != target.Generation)
                return $"the host of generation {answer.Host ?? "(none)"} answered; the address hasn't moved yet";
            if (!answer.Applied) return $"the new host did not apply it: {answer.Reason}";
            return answer.Ready > 0
                ? null
                : "the new host answers, but no relay of its generation is ready; see the relay's log for failed heartbeats";
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
            // A new connection each time: an open one would stay with the host that had the address before.
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
        // A self-signed certificate cannot be checked; the answer is signed, and the request contains no secret.
#pragma warning disable CA5359
        if (target.TlsHost is null) handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        return new(handler) { Timeout = Patience };
    }
}

/// <summary>Signalling does not hand out the new generation. The update ends; the old generation is not deleted.</summary>
public sealed class GenerationNotAdmittedException(AdmissionTarget target, string failure) : RunException(
    $"signalling at {target.Address} did not admit generation {target.Generation} within {target.Deadline.TotalSeconds:0} s, and the old "
    + "generation is kept. Both cost money until an update succeeds. Update again to retry, or restore the settings and update, which "
    + $"moves the address back and removes the new generation (docs/recovery.md, 'After a failed update'):\n  {failure}");
