using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Client;

/// <summary>What one peer or orderer said about a failed call.</summary>
/// <param name="Address">The host and port of the node that failed.</param>
/// <param name="MspId">The organisation the node belongs to.</param>
/// <param name="Message">The node's own words, such as "chaincode response 500, no such asset".</param>
/// <remarks>Source: <c>gateway.ErrorDetail</c>, which the peer attaches to a gRPC status. Thread-safe.</remarks>
public sealed record ErrorDetail(string Address, string MspId, string Message)
{
    /// <summary>Returns the detail on one line: address, organisation and message, controls escaped.</summary>
    public override string ToString() => ForeignText.OnOneLine($"{Address} {MspId}: {Message}");
}
