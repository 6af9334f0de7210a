using MicroCreds.Fabric.Chaincode.Serving;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>Which peer a chaincode dials, and how.</summary>
public sealed record ChaincodeClientOptions : ChaincodeOptions
{
    /// <summary>
    /// Gets the address at which the peer waits for chaincodes, <c>host:port</c>: its <c>peer.chaincodeAddress</c> or
    /// <c>peer.chaincodeListenAddress</c>, port 7052 by custom.
    /// </summary>
    public required string PeerAddress { get; init; }

    /// <summary>Gets the key material. Default is null: no TLS, as in a peer's development mode.</summary>
    public ChaincodeClientTlsOptions? Tls { get; init; }

    /// <summary>
    /// Reads the options from what a peer gives a chaincode that it launches, and Fabric's documents for its
    /// development mode: the argument <c>-peer.address host:port</c> (or <c>--peer.address</c>, or the variable
    /// CORE_PEER_ADDRESS), and the variables CORE_CHAINCODE_ID_NAME (or CHAINCODE_ID), CORE_PEER_TLS_ENABLED,
    /// CORE_PEER_TLS_ROOTCERT_FILE, CORE_TLS_CLIENT_KEY_FILE (or CORE_TLS_CLIENT_KEY_PATH) and
    /// CORE_TLS_CLIENT_CERT_FILE (or CORE_TLS_CLIENT_CERT_PATH).
    /// </summary>
    /// <param name="arguments">The program's arguments. Others than the peer's address are passed over.</param>
    /// <exception cref="ChaincodeOptionsException">Names every fault at once.</exception>
    public static ChaincodeClientOptions FromEnvironment(params IReadOnlyList<string> arguments) =>
        FromEnvironment(arguments, Environment.GetEnvironmentVariable);

    /// <summary>Reads the options from arguments, and from variables that are looked up by name.</summary>
    /// <param name="arguments">The program's arguments.</param>
    /// <param name="variable">Returns a variable's value, or null where it is not set.</param>
    /// <exception cref="ChaincodeOptionsException">Names every fault at once.</exception>
    public static ChaincodeClientOptions FromEnvironment(
        IReadOnlyList<string> arguments, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(variable);
        return ChaincodeEnvironment.ReadClient(arguments, variable);
    }

    internal override List<string> FindFaults(bool onlyGiven) => OptionFaults.Of(this, onlyGiven);
}
