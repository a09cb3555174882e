using System.Net.Sockets;
using Causeway.Turn.Engines;
using Microsoft.AspNetCore.Connections;

namespace Causeway.Signalling.Hosting;

/// <summary>The service cannot start, for a reason that whoever starts it can mend. Its lines are for people; no stack trace helps them.</summary>
internal sealed class StartException(IReadOnlyList<string> lines) : Exception(string.Join(Environment.NewLine, lines))
{
    /// <summary>One line.</summary>
    public StartException(string line)
        : this([line])
    {
    }

    /// <summary>One mistake each: what, where and how to mend it.</summary>
    public IReadOnlyList<string> Lines => lines;

    /// <summary>Puts a failure to listen, of Kestrel or of the embedded relay, into words.</summary>
    /// <returns>Null when the failure is of another kind.</returns>
    public static StartException? From(Exception failure)
    {
        if (failure is ListenException) return new(failure.Message);
        var causes = new List<Exception>();
        for (var cause = failure; cause is not null; cause = cause.InnerException) causes.Add(cause);
        // "Failed to bind to address http://127.0.0.1:8080: address already in use."
        var address = causes.OfType<IOException>().Select(bind => bind.Message.Split(' ').FirstOrDefault(word => word.Contains("://", StringComparison.Ordinal))?.TrimEnd(':', '.')).FirstOrDefault() ?? "the address";
        if (causes.Exists(cause => cause is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }))
            return new($"signalling.listen: {address} is in use by another program; stop it, or listen on another port");
        return causes.OfType<SocketException>().FirstOrDefault()?.SocketErrorCode switch
        {
            SocketError.AccessDenied => new("signalling.listen: this user may not listen on that port; take one from 1024, or grant the service CAP_NET_BIND_SERVICE"),
            SocketError.AddressNotAvailable => new("signalling.listen: this machine does not have that address; listen on one of its own, or on *"),
            _ => null,
        };
    }
}
