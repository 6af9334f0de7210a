namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>Reads a server's options from the environment variables that operators of Fabric know.</summary>
internal static class ServerEnvironment
{
    public static ChaincodeServerOptions Read(Func<string, string?> variable)
    {
        var faults = new List<string>();
        string Required(string name, string meaning, string? alternative = null)
        {
            string? value = Value(name) ?? (alternative is null ? null : Value(alternative));
            if (value is null)
            {
                string names = alternative is null ? name : $"{name} (or {alternative})";
                faults.Add($"Set {names} to {meaning}.");
            }

            return value ?? string.Empty;
        }

        string? Value(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

        bool Flag(string name)
        {
            if (Value(name) is not { } value)
            {
                return false;
            }

            if (!bool.TryParse(value, out bool flag))
            {
                faults.Add($"{name} is '{value}': set it to true or false.");
            }

            return flag;
        }

        string address = Required("CHAINCODE_SERVER_ADDRESS", "the address to listen at, such as 0.0.0.0:9999");
        string id = Required("CORE_CHAINCODE_ID_NAME", "the package id that the peer calculated", "CHAINCODE_ID");
        var tls = !Flag("CORE_PEER_TLS_ENABLED") ? null : new ChaincodeTlsOptions
        {
            CertificateFile = Required("CORE_TLS_CLIENT_CERT_FILE", "the file of the server's certificate"),
            PrivateKeyFile = Required("CORE_TLS_CLIENT_KEY_FILE", "the file of the server's private key"),
            ClientCaFile = Value("CORE_PEER_TLS_ROOTCERT_FILE"),
        };
        var options = new ChaincodeServerOptions { Address = address, ChaincodeId = id, Tls = tls };

        // What is missing is named already, by its variable: the rest is checked as far as it is there.
        faults.AddRange(OptionFaults.Of(options, onlyGiven: true));
        return faults.Count == 0 ? options : throw new ChaincodeOptionsException(faults);
    }
}
