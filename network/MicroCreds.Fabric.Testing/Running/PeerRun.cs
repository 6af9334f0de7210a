using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Testing.Running;

/// <summary>What became of a proposal at one peer.</summary>
/// <param name="Response">What the chaincode answered.</param>
/// <param name="Event">The event that it set, or null.</param>
/// <param name="Results">What it read and wrote.</param>
/// <param name="PrivateResults">The private values that it wrote, or null.</param>
/// <param name="Collections">The collections that only their members' peers can do the same with.</param>
internal sealed record PeerRun(
    Response Response, ChaincodeEvent? Event, TxReadWriteSet Results, TxPvtReadWriteSet? PrivateResults,
    IReadOnlyList<string> Collections)
{
    /// <summary>Says in what two peers' runs differ; null where they do not.</summary>
    public string? DifferenceTo(PeerRun other) =>
        !Response.Equals(other.Response) ? $"answered {Shown(other.Response)} instead of {Shown(Response)}"
        : !Equals(Event, other.Event) ? "set another event"
        : !Results.Equals(other.Results) ? "read or wrote something else"
        : null;

    private static string Shown(Response response) =>
        $"{response.Status} \"{response.Message}{response.Payload.ToStringUtf8()}\"";
}
