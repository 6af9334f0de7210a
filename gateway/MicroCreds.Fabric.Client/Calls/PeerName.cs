using System.Globalization;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>How telemetry names the peer that is called. Immutable and thread-safe.</summary>
internal sealed class PeerName
{
    private readonly string _target;

    /// <param name="target">The channel's target, mostly host and port.</param>
    public PeerName(string target)
    {
        _target = target;
        int colon = target.LastIndexOf(':');
        bool hasPort = int.TryParse(
            target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port);
        Tags = colon > 0 && hasPort
            ? [new("server.address", target[..colon].Trim('[', ']')), new("server.port", port)]
            : [new("server.address", target)];
    }

    /// <summary>Its address and, if the target has one, its port.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Tags { get; }

    /// <summary>The channel's target as it is.</summary>
    public override string ToString() => _target;
}
