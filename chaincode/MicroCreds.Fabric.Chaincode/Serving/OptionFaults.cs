using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>Finds every fault of a chaincode's options.</summary>
internal static class OptionFaults
{
    private const int MinMessageBytes = 1024 * 1024;

    public static List<string> Of(ChaincodeServerOptions options, bool onlyGiven)
    {
        var faults = new List<string>();
        Add(options, options.Address, ServerAddress.Fault, onlyGiven, faults);
        if (options.Tls is { } tls)
        {
            AddPairFaults(tls.CertificateFile, tls.PrivateKeyFile, onlyGiven, faults);
            if (tls.ClientCaFile is not null) AddAuthorityFaults("client CA", tls.ClientCaFile, onlyGiven, faults);
        }

        return faults;
    }

    public static List<string> Of(ChaincodeClientOptions options, bool onlyGiven)
    {
        var faults = new List<string>();
        Add(options, options.PeerAddress, DialFault, onlyGiven, faults);
        if (options.Tls is { } tls)
        {
            AddAuthorityFaults("peer CA", tls.PeerCaFile, onlyGiven, faults);
            if (tls.CertificateFile is not null || tls.PrivateKeyFile is not null)
            {
                AddPairFaults(tls.CertificateFile ?? "", tls.PrivateKeyFile ?? "", onlyGiven, faults);
            }
        }

        return faults;
    }

    // Whether its host is known is found when it is dialled, and may change until then.
    private static string? DialFault(string address) =>
        Uri.TryCreate("http://" + address, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.Port > 0
        && address.EndsWith($":{uri.Port}", StringComparison.Ordinal)
            ? null
            : $"The address '{address}' is not host:port with a port from 1 to 65535, such as peer0.example.com:7052.";

    private static void Add(
        ChaincodeOptions options, string address, Func<string, string?> faultOf, bool onlyGiven, List<string> faults)
    {
        if (string.IsNullOrEmpty(options.ChaincodeId) && !onlyGiven)
        {
            faults.Add("ChaincodeId is empty: it must be the package id that the peer calculated.");
        }

        if (!(onlyGiven && address.Length == 0) && faultOf(address) is { } fault)
        {
            faults.Add(fault);
        }

        if (options.ShutdownTimeout < TimeSpan.Zero)
        {
            faults.Add($"ShutdownTimeout is {options.ShutdownTimeout}: it must not be negative.");
        }

        if (options.KeepAliveInterval < TimeSpan.FromSeconds(1))
        {
            faults.Add($"KeepAliveInterval is {options.KeepAliveInterval}: it must be at least a second.");
        }

        if (options.MaxMessageBytes < MinMessageBytes)
        {
            faults.Add($"MaxMessageBytes is {options.MaxMessageBytes}: it must be at least {MinMessageBytes}.");
        }

        if (options.MaxConcurrentTransactions < 1)
        {
            faults.Add($"MaxConcurrentTransactions is {options.MaxConcurrentTransactions}: it must be at least 1.");
        }
    }

    private static void AddPairFaults(
        string certificateFile, string privateKeyFile, bool onlyGiven, List<string> faults)
    {
        bool certificate = IsReadable("TLS certificate", certificateFile, onlyGiven, faults);
        bool key = IsReadable("TLS private key", privateKeyFile, onlyGiven, faults);
        if (!certificate || !key) return;

        try
        {
            using var pair = X509Certificate2.CreateFromPem(
                PemText.Read(certificateFile), PemText.Read(privateKeyFile));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            faults.Add(
                $"The TLS certificate {certificateFile} and the private key {privateKeyFile} are no pair in PEM: "
                + e.Message);
        }
    }

    private static void AddAuthorityFaults(string what, string file, bool onlyGiven, List<string> faults)
    {
        if (!IsReadable(what, file, onlyGiven, faults)) return;

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(PemText.Read(file));
        }
        catch (CryptographicException e)
        {
            faults.Add($"The {what} {file} is not PEM: {e.Message}");
            return;
        }

        if (authorities.Count == 0)
        {
            faults.Add($"The {what} {file} holds no certificate in PEM.");
        }
    }

    private static bool IsReadable(string what, string file, bool onlyGiven, List<string> faults)
    {
        if (string.IsNullOrEmpty(file))
        {
            if (!onlyGiven)
            {
                faults.Add($"The file of the {what} is not named.");
            }

            return false;
        }

        try
        {
            using var stream = File.OpenRead(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            faults.Add($"The {what} cannot be read: {e.Message}");
            return false;
        }
    }
}
