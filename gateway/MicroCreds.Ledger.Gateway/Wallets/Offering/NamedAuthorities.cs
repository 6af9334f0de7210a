using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Signing;
using PublicKey = MicroCreds.Ledger.Model.PublicKey;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// The authorities that certify who attests something, as a setting names them. The file is read at the start: trust is
/// nothing that changes while nobody looks. Thread-safe.
/// </summary>
/// <param name="setting">The setting's name.</param>
/// <param name="file">The file with their certificates, in PEM; null names nobody.</param>
/// <param name="time">The clock by which certificates are valid.</param>
internal sealed class NamedAuthorities(string setting, string? file, TimeProvider time)
{
    private const int MaxCertificates = 8;

    private readonly X509Certificate2Collection _roots = file is null ? [] : Read(file);

    /// <summary>Whether any are named.</summary>
    public bool AreNamed => _roots.Count > 0;

    /// <summary>Says what is wrong with a file; null if nothing is.</summary>
    public static string? FaultOf(string file)
    {
        try
        {
            return Read(file).Count > 0 ? null : "it holds no certificate: put the authorities' there, in PEM.";
        }
        catch (Exception exception) when (exception is IOException or CryptographicException
            or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>
    /// Finds the key that a token's header names by certificates (<c>x5c</c>), as far as they are trusted.
    /// </summary>
    /// <exception cref="FormatException">There are none, or no authority named stands behind them.</exception>
    public PublicKey KeyOf(JsonElement header)
    {
        if (!header.TryGetProperty("x5c", out var named) || named.ValueKind != JsonValueKind.Array
            || named.GetArrayLength() is 0 or > MaxCertificates)
        {
            throw new FormatException(
                $"Its header must have x5c, 1 to {MaxCertificates} certificates: by these who attests is known.");
        }

        var sent = new X509Certificate2Collection();
        try
        {
            foreach (var one in named.EnumerateArray())
            {
                sent.Add(X509CertificateLoader.LoadCertificate(
                    one.ValueKind == JsonValueKind.String && one.TryGetBytesFromBase64(out byte[]? der) ? der : []));
            }

            RequireTrusted(sent);
            return CertifiedKey.Of(sent[0])
                ?? throw new FormatException("The first certificate of x5c must be of a key on P-256 or of Ed25519.");
        }
        catch (CryptographicException exception)
        {
            throw new FormatException($"Its x5c holds what is no certificate: {exception.Message}", exception);
        }
        finally
        {
            foreach (var certificate in sent) certificate.Dispose();
        }
    }

    private void RequireTrusted(X509Certificate2Collection sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;

        // No address out of a stranger's certificate is ever asked.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (!chain.Build(sent[0]))
        {
            throw new FormatException(
                $"No authority named by {setting} stands behind its x5c: "
                + string.Join(", ", chain.ChainStatus.Select(status => status.Status)));
        }
    }

    private static X509Certificate2Collection Read(string file)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(file);
        return found;
    }
}
