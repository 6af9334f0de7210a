using MicroCreds.Fabric.Chaincode.Serving;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>Where and how a chaincode is served to its peer.</summary>
public sealed record ChaincodeServerOptions : ChaincodeOptions
{
    /// <summary>
    /// Gets the address to listen at, <c>host:port</c>. An empty host is every address, port 0 any free one.
    /// </summary>
    public required string Address { get; init; }

    /// <summary>Gets the key material. Default is null: no TLS.</summary>
    public ChaincodeTlsOptions? Tls { get; init; }

    /// <summary>
    /// Reads the options from the environment variables that operators of Fabric know: CHAINCODE_SERVER_ADDRESS,
    /// CORE_CHAINCODE_ID_NAME (or CHAINCODE_ID), CORE_PEER_TLS_ENABLED, CORE_TLS_CLIENT_KEY_FILE (or
    /// CORE_TLS_CLIENT_KEY_PATH), CORE_TLS_CLIENT_CERT_FILE (or CORE_TLS_CLIENT_CERT_PATH) and, for mutual TLS,
    /// CORE_PEER_TLS_ROOTCERT_FILE; or, as Fabric's samples have them, CHAINCODE_TLS_DISABLED, CHAINCODE_TLS_KEY,
    /// CHAINCODE_TLS_CERT and CHAINCODE_CLIENT_CA_CERT.
    /// </summary>
    /// <exception cref="ChaincodeOptionsException">Names every fault at once.</exception>
    public static ChaincodeServerOptions FromEnvironment() =>
        FromEnvironment(Environment.GetEnvironmentVariable);

    /// <summary>Reads the options from variables that are looked up by name.</summary>
    /// <param name="variable">Returns a variable's value, or null where it is not set.</param>
    /// <exception cref="ChaincodeOptionsException">Names every fault at once.</exception>
    public static ChaincodeServerOptions FromEnvironment(Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(variable);
        return ChaincodeEnvironment.ReadServer(variable);
    }

    internal override List<string> FindFaults(bool onlyGiven) => OptionFaults.Of(this, onlyGiven);
}
