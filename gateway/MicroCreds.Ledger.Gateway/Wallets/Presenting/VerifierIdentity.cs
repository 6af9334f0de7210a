using System.Security.Cryptography;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>
/// By what wallets know this gateway when it asks them (OpenID4VP 1.0, 5.9.3), and the key that signs what it asks: the
/// issuer's, since its certificate and DID are what others trust. Thread-safe.
/// </summary>
internal sealed class VerifierIdentity(
    IssuerKeys keys, IssuerCertificates certificates, LedgerProjection projection, LedgerIdentity identity,
    PublicAddress address, GatewayServiceOptions options)
{
    /// <summary>Whether wallets can be asked now.</summary>
    public bool CanAsk
    {
        get
        {
            try
            {
                Current();
                return true;
            }
            catch (Exception exception) when (exception is ProblemException or LedgerUnavailableException)
            {
                return false;
            }
        }
    }

    /// <summary>Who asks now.</summary>
    /// <exception cref="ProblemException">
    /// No key is in force, or none has the certificate that has to be shown.
    /// </exception>
    public (string ClientId, TokenKey Key) Current()
    {
        identity.RequireConfirmed();
        var own = projection.Institutions.GetValueOrDefault(options.MspId);
        var (key, registered) = keys.FindActive(own)
            ?? throw new ProblemException(
                ProblemKind.NotReady,
                "No key of this gateway is in force on the ledger, so that no wallet can be asked: register one by "
                + "POST /v1/institution/keys.");
        var token = certificates.Of(key.Signer, own!.Did, registered.Id);
        var wanted = options.Wallets.VerifierName;
        bool hasChain = token.Certificates.Count > 0;
        if (!hasChain && (options.Wallets.HighAssurance || wanted is VerifierName.X509Hash or VerifierName.X509SanDns))
        {
            throw new ProblemException(
                ProblemKind.NotReady,
                certificates.ObstacleOf(key.Signer, own.Did) ?? certificates.Fault
                ?? "There is no certificate of the issuer key (IssuerCert).");
        }

        if (options.Wallets.HighAssurance && key.Signer.Algorithm != KeyAlgorithm.P256)
        {
            throw new ProblemException(
                ProblemKind.NotReady, "WalletHighAssurance asks for a key on P-256, and the one in force is none.");
        }

        if (wanted == VerifierName.Did || !hasChain)
            return ($"decentralized_identifier:{own.Did}", token with { Certificates = [] });
        if (wanted == VerifierName.X509SanDns)
        {
            // Wallets that do not know who asks compare this host with the one that they send their answer to.
            string url = certificates.HaveHostOf(address.Url) ? address.Url : token.IssuerUrl!;
            if (!certificates.HaveHostOf(url))
            {
                throw new ProblemException(
                    ProblemKind.NotReady,
                    $"WalletVerifierName is {VerifierName.X509SanDns}, and the certificate (IssuerCert) has "
                    + $"{new Uri(url).IdnHost} as no DNS name (subjectAltName), so that every wallet would refuse it.");
            }

            return ($"x509_san_dns:{new Uri(url).IdnHost}", token);
        }

        byte[] leaf = Convert.FromBase64String(token.Certificates[0]);
        return ($"x509_hash:{WebEncoders.Base64UrlEncode(SHA256.HashData(leaf))}", token);
    }
}
