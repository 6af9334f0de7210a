using System.Security.Cryptography.X509Certificates;
using MicroCreds.Ledger.Model;
using PublicKey = MicroCreds.Ledger.Model.PublicKey;

namespace MicroCreds.Ledger.Gateway.Signing;

/// <summary>The keys that certificates are of.</summary>
internal static class CertifiedKey
{
    private const string Ed25519Oid = "1.3.101.112";
    private const string EcOid = "1.2.840.10045.2.1";

    /// <summary>Finds the key of a certificate; null if it is neither on P-256 nor of Ed25519.</summary>
    public static PublicKey? Of(X509Certificate2 certificate)
    {
        byte[] key = certificate.PublicKey.EncodedKeyValue.RawData;
        try
        {
            return certificate.PublicKey.Oid.Value switch
            {
                EcOid => Multikey.Parse(Multikey.Encode(KeyAlgorithm.P256, key)),
                Ed25519Oid => Multikey.Parse(Multikey.Encode(KeyAlgorithm.Ed25519, key)),
                _ => null,
            };
        }
        catch (FormatException)
        {
            // On another curve: its point is of another length, or is none of this one.
            return null;
        }
    }
}
