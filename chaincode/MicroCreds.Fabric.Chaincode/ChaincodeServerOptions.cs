using Microsoft.Extensions.Logging;
using MicroCreds.Fabric.Chaincode.Serving;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>Where and how a chaincode is served to its peer.</summary>
public sealed record ChaincodeServerOptions
{
    /// <summary>The largest message that Fabric's peers send or take: 100 MiB.</summary>
    public const int FabricMaxMessageBytes = 100 * 1024 * 1024;

    /// <summary>
    /// Gets the name under which the chaincode registers: the package id, <c>label:hash</c>, that the peer calculated
    /// when the package was installed.
    /// </summary>
    public required string ChaincodeId { get; init; }

    /// <summary>
    /// Gets the address to listen at, <c>host:port</c>. An empty host is every address, port 0 any free one.
    /// </summary>
    public required string Address { get; init; }

    /// <summary>Gets the key material. Default is null: no TLS.</summary>
    public ChaincodeTlsOptions? Tls { get; init; }

    /// <summary>
    /// Gets how long transactions in flight may take to finish when the server stops. Default is 3 seconds: with the
    /// second that closing the streams may take it stays below the 5 after which a peer kills a chaincode that it
    /// launched, and the 10 of container engines.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Gets how often an idle connection is pinged. Default is one minute, as in Fabric's own.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets the largest message sent or taken, in bytes. Default is <see cref="FabricMaxMessageBytes"/>.
    /// </summary>
    public int MaxMessageBytes { get; init; } = FabricMaxMessageBytes;

    /// <summary>
    /// Gets how many transactions may run at once; the next one is refused with a clear error. Default is 10,000,
    /// four times what a peer lets in.
    /// </summary>
    public int MaxConcurrentTransactions { get; init; } = 10_000;

    /// <summary>
    /// Gets whether a transaction's writes are sent together at its end where the peer can take that. Default is true.
    /// The read/write set is the same; a write that the peer refuses then fails the transaction at its end, not at the
    /// call.
    /// </summary>
    public bool BatchWrites { get; init; } = true;

    /// <summary>
    /// Gets whether many public keys are read by one message where the peer can take that. Default is true. The
    /// read/write set is the same. Private keys are always read one by one.
    /// </summary>
    public bool BatchReads { get; init; } = true;

    /// <summary>Gets where to log. Default is null: standard output, from information upwards.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

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
        return ServerEnvironment.Read(variable);
    }

    /// <summary>Checks the options, the key material included.</summary>
    /// <exception cref="ChaincodeOptionsException">Names every fault at once.</exception>
    public void Validate()
    {
        var faults = OptionFaults.Of(this);
        if (faults.Count > 0)
            throw new ChaincodeOptionsException(faults);
    }
}
