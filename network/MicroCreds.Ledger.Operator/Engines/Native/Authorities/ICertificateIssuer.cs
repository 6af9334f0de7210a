using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MicroCreds.Ledger.Operator.Engines.Native.Authorities;

/// <summary>Who issues an organisation's next certificate of the same name for the same key.</summary>
internal interface ICertificateIssuer
{
    /// <summary>Issues it; returns it in PEM.</summary>
    /// <param name="current">The certificate that is about to expire.</param>
    /// <param name="key">Its private key, which stays.</param>
    /// <param name="tls">Whether it is for TLS.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="OperatorException">The authority refused, or is not there.</exception>
    Task<string> IssueAgainAsync(X509Certificate2 current, ECDsa key, bool tls, CancellationToken cancellation);
}

/// <summary>A running Fabric CA, which gives the next certificate to who shows the one it has.</summary>
internal sealed class FabricCaIssuer(FabricCaServer server, FabricCaClient client) : ICertificateIssuer
{
    public Task<string> IssueAgainAsync(
        X509Certificate2 current, ECDsa key, bool tls, CancellationToken cancellation) => client.ReenrolAsync(
            tls ? server.TlsAuthority : server.IdentityAuthority,
            new EnrolledIdentity(current.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem()),
            EnrolmentRequest.CreateAgain(current, key), tls, cancellation);
}
