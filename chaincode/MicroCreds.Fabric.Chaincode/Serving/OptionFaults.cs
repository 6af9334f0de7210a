using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>Finds every fault of a server's options.</summary>
internal static class OptionFaults
{
    private const int MinMessageBytes = 1024 * 1024;

    public static List<string> Of(ChaincodeServerOptions options, bool onlyGiven = false)
    {
        var faults = new List<string>();
        if (string.IsNullOrEmpty(options.ChaincodeId) && !onlyGiven)
        {
            faults.Add("ChaincodeId is empty: it must be the package id that the peer calculated.");
        }

        if (!(onlyGiven && options.Address.Length == 0) && ServerAddress.Fault(options.Address) is { } fault)
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

        if (options.Tls is not null)
        {
            AddTlsFaults(options.Tls, onlyGiven, faults);
        }

        return faults;
    }

    private static void AddTlsFaults(ChaincodeTlsOptions tls, bool onlyGiven, List<string> faults)
    {
        bool certificate = IsReadable("TLS certificate", tls.CertificateFile, onlyGiven, faults);
        bool key = IsReadable("TLS private key", tls.PrivateKeyFile, onlyGiven, faults);
        if (certificate && key)
        {
            try
            {
                using var pair = X509Certificate2.CreateFromPem(
                    PemText.Read(tls.CertificateFile), PemText.Read(tls.PrivateKeyFile));
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                faults.Add(
                    $"The TLS certificate {tls.CertificateFile} and the private key {tls.PrivateKeyFile} are no pair "
                    + $"in PEM: {e.Message}");
            }
        }

        if (tls.ClientCaFile is not null && IsReadable("client CA", tls.ClientCaFile, onlyGiven, faults))
        {
            AddClientCaFaults(tls.ClientCaFile, faults);
        }
    }

    private static void AddClientCaFaults(string file, List<string> faults)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (CryptographicException e)
        {
            faults.Add($"The client CA {file} is not PEM: {e.Message}");
            return;
        }

        if (authorities.Count == 0)
        {
            faults.Add($"The client CA {file} holds no certificate in PEM.");
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
