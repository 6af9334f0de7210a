namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>
/// Reads a chaincode's options from the environment variables that operators of Fabric know: those of the peers' own,
/// and those of the samples.
/// </summary>
internal sealed class ChaincodeEnvironment
{
    /// <summary>The variable with the MSP of the peer.</summary>
    public const string MspId = "CORE_PEER_LOCALMSPID";

    private const string PeerAddress = "-peer.address";

    private static readonly string[] Id = ["CORE_CHAINCODE_ID_NAME", "CHAINCODE_ID"];

    private static readonly string[] Certificate =
        ["CORE_TLS_CLIENT_CERT_FILE", "CORE_TLS_CLIENT_CERT_PATH", "CHAINCODE_TLS_CERT"];

    private static readonly string[] Key =
        ["CORE_TLS_CLIENT_KEY_FILE", "CORE_TLS_CLIENT_KEY_PATH", "CHAINCODE_TLS_KEY"];

    private static readonly string[] ClientCa = ["CORE_PEER_TLS_ROOTCERT_FILE", "CHAINCODE_CLIENT_CA_CERT"];

    private readonly Func<string, string?> _variable;
    private readonly List<string> _faults = [];

    private ChaincodeEnvironment(Func<string, string?> variable) => _variable = variable;

    public static ChaincodeServerOptions ReadServer(Func<string, string?> variable)
    {
        var environment = new ChaincodeEnvironment(variable);
        return environment.Checked(environment.ReadServer());
    }

    public static ChaincodeClientOptions ReadClient(IReadOnlyList<string> arguments, Func<string, string?> variable)
    {
        var environment = new ChaincodeEnvironment(variable);
        return environment.Checked(environment.ReadClient(PeerAddressIn(arguments)));
    }

    // What is missing is named already, by its variable: the rest is checked as far as it is there.
    private TOptions Checked<TOptions>(TOptions options)
        where TOptions : ChaincodeOptions
    {
        _faults.AddRange(options.FindFaults(onlyGiven: true));
        return _faults.Count == 0 ? options : throw new ChaincodeOptionsException(_faults);
    }

    private ChaincodeServerOptions ReadServer() => new()
    {
        Address = Required("the address to listen at, such as 0.0.0.0:9999", "CHAINCODE_SERVER_ADDRESS"),
        ChaincodeId = Required("the package id that the peer calculated", Id),
        Tls = !HasTls() ? null : new ChaincodeTlsOptions
        {
            CertificateFile = Required("the file of the server's certificate", Certificate),
            PrivateKeyFile = Required("the file of the server's private key", Key),
            ClientCaFile = ClientCa.Select(Value).FirstOrDefault(value => value is not null),
        },
    };

    private ChaincodeClientOptions ReadClient(string? peerAddress) => new()
    {
        PeerAddress = peerAddress ?? Required(
            "the address at which the peer waits for chaincodes, such as 127.0.0.1:7052, or give it as the argument "
            + PeerAddress,
            "CORE_PEER_ADDRESS"),
        ChaincodeId = Required("the package id that the peer calculated", Id),
        Tls = !HasTls() ? null : new ChaincodeClientTlsOptions
        {
            PeerCaFile = Required("the file of the peer's authority", ClientCa[0]),
            CertificateFile = Required("the file of the chaincode's certificate", Certificate),
            PrivateKeyFile = Required("the file of the chaincode's private key", Key),
        },
    };

    /// <summary>The value behind the argument, as a word of its own or behind an equals sign.</summary>
    private static string? PeerAddressIn(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            string[] parts = arguments[i].Split('=', 2);
            if (parts[0] == PeerAddress || parts[0] == "-" + PeerAddress)
            {
                return parts.Length == 2 ? parts[1] : arguments.ElementAtOrDefault(i + 1) ?? "";
            }
        }

        return null;
    }

    private bool HasTls()
    {
        const string Enabled = "CORE_PEER_TLS_ENABLED";
        const string Disabled = "CHAINCODE_TLS_DISABLED";
        bool? enabled = Flag(Enabled);
        bool? disabled = Flag(Disabled);
        if (enabled is not null && enabled == disabled)
        {
            _faults.Add($"{Enabled} is {enabled} and {Disabled} too: set one of them.");
        }

        return enabled ?? !(disabled ?? true);
    }

    private string Required(string meaning, params string[] names)
    {
        string? value = names.Select(Value).FirstOrDefault(value => value is not null);
        if (value is null)
        {
            string others = names.Length == 1 ? "" : $" (or {string.Join(", ", names[1..])})";
            _faults.Add($"Set {names[0]}{others} to {meaning}.");
        }

        return value ?? string.Empty;
    }

    private string? Value(string name) => _variable(name)?.Trim() is { Length: > 0 } value ? value : null;

    private bool? Flag(string name)
    {
        if (Value(name) is not { } value)
        {
            return null;
        }

        if (!bool.TryParse(value, out bool flag))
        {
            _faults.Add($"{name} is '{value}': set it to true or false.");
        }

        return flag;
    }
}
